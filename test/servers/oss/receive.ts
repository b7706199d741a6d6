import { createHash, hash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from './context.ts'
import { crc64, startCrc64 } from './crc64.ts'
import { OssError } from './error.ts'
import { actionOf } from './faults.ts'
import { GiB, KiB, MiB } from './options.ts'
import { header } from './request.ts'
import type { Blob } from './store/blobs.ts'

export interface Received {
  readonly body: readonly Blob[]
  readonly size: number
  /** MD5, upper-case hex. */
  readonly etag: string
  /** Decimal. */
  readonly crc64: string
}

const maxPutBytes = 5 * GiB
const small = 256 * KiB

/** Thrown when the client is gone: there is nobody to answer. */
export class ClientGone extends Error {}

/** Takes the request's body in and checks its Content-MD5. Nothing is kept unless it is right. */
export async function receiveObject(context: Context): Promise<Received> {
  const length = announcedLength(context)
  const md5 = announcedMd5(context)
  const received = length !== undefined && length <= small ? await receiveSmall(context, length) : await receiveLarge(context)
  if (md5 === undefined || md5 === received.etag) return received
  for (const blob of received.body) context.store.blobs.release(blob)
  throw new OssError('InvalidDigest', { extra: { ExpectedDigest: md5, CalculatedDigest: received.etag } })
}

function announcedLength({ request }: Context): number | undefined {
  const text = header(request, 'content-length')
  if (text === undefined && request.headers['transfer-encoding'] === undefined) throw new OssError('MissingContentLength')
  if (text === undefined) return undefined
  if (Number(text) > maxPutBytes)
    throw new OssError('EntityTooLarge', { extra: { MaxSizeAllowed: String(maxPutBytes), ProposedSize: text } })
  return Number(text)
}

function announcedMd5({ request }: Context): string | undefined {
  const text = header(request, 'content-md5')
  if (text === undefined) return undefined
  if (!/^[A-Za-z0-9+/]{22}==$/.test(text)) throw new OssError('InvalidDigest')
  return Buffer.from(text, 'base64').toString('hex').toUpperCase()
}

async function receiveSmall(context: Context, length: number): Promise<Received> {
  const bytes = await receiveBytes(context, length)
  const etag = hash('md5', bytes, 'hex').toUpperCase()
  const body = bytes.length === 0 ? [] : [context.store.blobs.store(bytes)]
  return { body, size: bytes.length, etag, crc64: String(crc64(bytes)) }
}

async function receiveLarge(context: Context): Promise<Received> {
  const writer = context.store.blobs.create()
  const md5 = createHash('md5')
  const crc = await startCrc64()
  let size = 0
  try {
    await pump(context, chunk => {
      size += chunk.length
      if (size > maxPutBytes) throw new OssError('EntityTooLarge')
      writer.write(chunk)
      md5.update(chunk)
      crc.update(chunk)
    })
  } catch (error) {
    writer.abandon()
    throw error
  }
  return { body: [writer.finish()], size, etag: md5.digest('hex').toUpperCase(), crc64: String(crc.digest()) }
}

/** A body that is small by its nature: a document of XML. */
export async function receiveText(context: Context): Promise<string> {
  return (await receiveBytes(context, 4 * MiB)).toString('latin1')
}

async function receiveBytes(context: Context, atMost: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  await pump(context, chunk => {
    size += chunk.length
    if (size > atMost) throw new OssError('EntityTooLarge')
    chunks.push(chunk)
  })
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

/** Hands over every chunk of the request's body, as the faults leave it. Rejects when the client breaks off. */
function pump(context: Context, take: (chunk: Buffer) => void): Promise<void> {
  const { message } = context.request
  if (message.destroyed && !message.complete) return Promise.reject(new ClientGone())
  const spoil = spoiler(context)
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      message.removeAllListeners('data')
      message.resume()
      reject(error as Error)
    }
    message.on('data', (chunk: Buffer) => {
      context.counters.received(chunk.length)
      try {
        take(spoil(chunk))
      } catch (error) {
        fail(error)
      }
    })
    message.on('end', resolve)
    message.on('error', () => fail(new ClientGone()))
    message.on('close', () => (message.complete ? resolve() : fail(new ClientGone())))
  })
}

function spoiler({ request, faults }: Context): (chunk: Buffer) => Buffer {
  if (faults.length === 0) return chunk => chunk
  const flip = actionOf(faults, 'flip')
  const slow = actionOf(faults, 'slow')
  const reset = actionOf(faults, 'reset')
  let passed = 0
  return chunk => {
    const start = passed
    passed += chunk.length
    if (reset?.at === 'request' && passed >= (reset.afterBytes ?? 1)) request.message.socket.resetAndDestroy()
    if (slow) holdBack(request.message, (chunk.length / slow.bytesPerSecond) * 1000)
    return flip?.in === 'request' ? flipBit(chunk, (flip.at ?? 0) - start) : chunk
  }
}

function holdBack(message: Context['request']['message'], ms: number): void {
  message.pause()
  void delay(ms).then(() => message.resume())
}

export function flipBit(chunk: Buffer, at: number): Buffer {
  if (at < 0 || at >= chunk.length) return chunk
  const copy = Buffer.from(chunk)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
