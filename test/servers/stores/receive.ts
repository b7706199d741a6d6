import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from './context.ts'
import type { HashName, Proof } from './dialect.ts'
import { StoreError } from './error.ts'
import { actionOf } from './faults.ts'
import { startHashes, type Hashes } from './hashes.ts'
import { KiB, MiB } from './options.ts'
import { header } from './request.ts'
import type { Blob } from './store/blobs.ts'

export interface Received {
  readonly body: readonly Blob[]
  readonly size: number
  /** Of a body in one piece: its MD5 in hex, in the vendor's letter case. */
  readonly etag: string
  /** Decimal. */
  readonly crc64: string
  /** Decimal, where the vendor states it. */
  readonly crc32?: string
}

const small = 256 * KiB

/** Thrown when the client is gone: there is nobody to answer. */
export class ClientGone extends Error {}

/** Takes the request's body in and proves the hashes that were announced. Nothing is kept unless they are right. */
export async function receiveObject(context: Context): Promise<Received> {
  const { request, store } = context
  const length = announcedLength(context)
  const proofs = [...announcedMd5(context), ...request.door.proofs(request)]
  const names = new Set<HashName>([...hashesOf(context), ...proofs.map(proof => proof.hash)])
  const { hashes, ...stored } = await (length !== undefined && length <= small ? receiveSmall : receiveLarge)(context, [...names])
  try {
    prove(proofs, hashes)
  } catch (error) {
    for (const blob of stored.body) store.blobs.release(blob)
    throw error
  }
  return { ...stored, ...stated(context, hashes) }
}

/** The hashes that every object and part is kept with. */
export const hashesOf = ({ dialect }: Context): HashName[] => ['md5', 'crc64', ...(dialect.crc32 ? ['crc32' as const] : [])]

export function stated({ dialect }: Context, { md5 = '', crc64 = '', crc32 }: Hashes): Pick<Received, 'etag' | 'crc64' | 'crc32'> {
  return { etag: dialect.etags.upper ? md5.toUpperCase() : md5, crc64, ...(dialect.crc32 && crc32 !== undefined && { crc32 }) }
}

function announcedLength({ request, dialect }: Context): number | undefined {
  const { maxPutBytes } = dialect.limits
  const text = header(request, 'content-length')
  if (text === undefined && request.headers['transfer-encoding'] === undefined) throw new StoreError('MissingContentLength')
  if (text === undefined) return undefined
  if (Number(text) > maxPutBytes)
    throw new StoreError('EntityTooLarge', { extra: { MaxSizeAllowed: String(maxPutBytes), ProposedSize: text } })
  return Number(text)
}

function announcedMd5({ request }: Context): Proof[] {
  const text = header(request, 'content-md5')
  if (text === undefined) return []
  const { contentMd5 } = request.door
  if (!(contentMd5 === 'hex' ? /^[0-9a-f]{32}$/ : /^[A-Za-z0-9+/]{22}==$/).test(text)) throw new StoreError('InvalidDigest')
  return [{ hash: 'md5', expected: Buffer.from(text, contentMd5).toString('hex'), code: 'BadDigest' }]
}

export function prove(proofs: readonly Proof[], hashes: Hashes): void {
  for (const { hash, expected, code } of proofs)
    if (hashes[hash] !== expected)
      throw new StoreError(code, { extra: { ExpectedDigest: expected, CalculatedDigest: hashes[hash] ?? '' } })
}

type Stored = Pick<Received, 'body' | 'size'> & { readonly hashes: Hashes }

async function receiveSmall(context: Context, names: readonly HashName[]): Promise<Stored> {
  const bytes = await receiveBytes(context, small)
  const hashes = await startHashes(names)
  hashes.update(bytes)
  const body = bytes.length === 0 ? [] : [context.store.blobs.store(bytes)]
  return { body, size: bytes.length, hashes: hashes.digest() }
}

async function receiveLarge(context: Context, names: readonly HashName[]): Promise<Stored> {
  const { maxPutBytes } = context.dialect.limits
  const writer = context.store.blobs.create()
  const hashes = await startHashes(names)
  let size = 0
  try {
    await pump(context, chunk => {
      size += chunk.length
      if (size > maxPutBytes) throw new StoreError('EntityTooLarge')
      writer.write(chunk)
      hashes.update(chunk)
    })
  } catch (error) {
    writer.abandon()
    throw error
  }
  return { body: [writer.finish()], size, hashes: hashes.digest() }
}

/** A body that is small by its nature: a document, as XML. CRCs announced with it are not its own. */
export async function receiveText(context: Context): Promise<string> {
  const { request } = context
  const bytes = await receiveBytes(context, 4 * MiB)
  const proofs = [...announcedMd5(context), ...request.door.proofs(request)].filter(({ hash }) => hash === 'md5' || hash === 'sha256')
  const hashes = await startHashes(proofs.map(proof => proof.hash))
  hashes.update(bytes)
  prove(proofs, hashes.digest())
  return request.door.documents.toXml(bytes.toString('latin1'))
}

async function receiveBytes(context: Context, atMost: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  await pump(context, chunk => {
    size += chunk.length
    if (size > atMost) throw new StoreError('EntityTooLarge')
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
