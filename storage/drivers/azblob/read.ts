import type { BlobDownloadResponseParsed } from '@azure/storage-blob'
import { StorageError } from '../../error.ts'
import type { CallOptions, GetOptions, ObjectInfo, Sink } from '../../storage.ts'
import type { Client } from './client.ts'
import { announced, toObjectInfo } from './info.ts'

export async function headBlob(client: Client, key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
  const blob = client.blob(key)
  const properties = await client.call('key', () => blob.getProperties({ ...(signal && { abortSignal: signal }) }))
  return toObjectInfo(key, announced(properties.contentLength), properties, properties.contentMD5)
}

export async function getBlob(client: Client, key: string, sink: Sink, options: GetOptions = {}): Promise<ObjectInfo> {
  const answer = await client.call('key', () => download(client, key, options))
  const body = answer.readableStreamBody
  if (body === undefined) throw new StorageError('The answer has no body.', { kind: 'unexpected' })
  body.on('error', () => undefined)
  const { info, expectedBytes } = startReading(answer, key, options.range)
  options.onInfo?.(info)
  const receivedBytes = await drain(client, body, sink)
  if (receivedBytes !== expectedBytes) throw wrongLength(receivedBytes, expectedBytes)
  return info
}

function download(client: Client, key: string, { range, ifMatch, signal }: GetOptions): Promise<BlobDownloadResponseParsed> {
  return client.blob(key).download(range?.first, range && range.last - range.first + 1, {
    maxRetryRequests: 0,
    ...(ifMatch !== undefined && { conditions: { ifMatch: `"${ifMatch}"` } }),
    ...(signal && { abortSignal: signal }),
  })
}

interface Reading {
  readonly info: ObjectInfo
  readonly expectedBytes: number
}

function startReading(answer: BlobDownloadResponseParsed, key: string, range: GetOptions['range']): Reading {
  const expectedBytes = announced(answer.contentLength)
  if (range === undefined) return { info: toObjectInfo(key, expectedBytes, answer, answer.contentMD5), expectedBytes }
  const size = sizeOfRanged(answer.contentRange, range)
  return { info: toObjectInfo(key, size, answer, answer.blobContentMD5), expectedBytes: Math.min(range.last, size - 1) - range.first + 1 }
}

/** Size of the whole object, from an answer that must hold just the range asked for. Azurite gives no bytes for the one at the end. */
function sizeOfRanged(contentRange: string | undefined, range: { readonly first: number }): number {
  const [, first, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(contentRange ?? '') ?? []
  if (size === undefined || Number(first) !== range.first) throw new StorageError('The store answered with another range.', { kind: 'unexpected' })
  if (range.first >= Number(size)) throw new StorageError(`The blob has only ${size} bytes.`, { kind: 'range' })
  return Number(size)
}

/** What the sink throws is its own; what the stream throws is Azure's or the network's. */
async function drain(client: Client, body: AsyncIterable<string | Buffer>, sink: Sink): Promise<number> {
  const chunks = body[Symbol.asyncIterator]()
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await client.call('key', () => chunks.next())
      if (done) return bytes
      bytes += value.length
      await sink(typeof value === 'string' ? Buffer.from(value) : value)
    }
  } finally {
    await chunks.return?.()
  }
}

function wrongLength(received: number, expected: number): StorageError {
  return new StorageError(`The body has ${received} bytes, ${expected} were announced.`, { kind: 'premature-end' })
}
