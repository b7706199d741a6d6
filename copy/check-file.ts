/** Whether a file that was copied is still at the destination as it was: its size, and its bytes by their CRC-64/XZ. */
import { eachOf } from '../model/each-of.ts'
import type { Difference, VerifyPosition } from '../model/verify.ts'
import { isAddressLike } from '../storage/address-fault.ts'
import { isStorageError } from '../storage/error.ts'
import { vendorWords } from '../storage/file-error.ts'
import { retrying } from '../storage/retrying.ts'
import type { ObjectInfo, Storage } from '../storage/storage.ts'
import { crc64Combine, crc64OfParts } from './crc64/combine.ts'
import type { RequestPool } from './request-pool.ts'
import { streamCrc64 } from './crc64/stream.ts'

/** A row of a completed list. */
export interface CompletedFile {
  readonly key: string
  readonly size: number
  /** Empty where nobody stated it. */
  readonly crc64: string
}

export type Verdict =
  | { readonly kind: 'equal'; readonly bytes: number; readonly sizeOnly?: true }
  | { readonly kind: Difference; readonly description: string }

/** What is read of a file that is too large for one turn. */
export type Begun = NonNullable<VerifyPosition['begun']>

export interface CheckTask {
  readonly destination: Storage
  readonly pool: RequestPool
  readonly signal: AbortSignal
  /** Larger files are read in ranges of this size, and can be gone on with. Default 64 MiB. */
  readonly rangeBytes?: number
}

const MiB = 1024 ** 2
const usualRangeBytes = 64 * MiB
const rangesAtOnce = 4

export const isLarge = ({ rangeBytes = usualRangeBytes }: CheckTask, { size }: CompletedFile): boolean => size > rangeBytes

/** Fails with the StorageError where the whole address is at fault, or the store does not answer again and again. */
export async function checkFile(task: CheckTask, file: CompletedFile): Promise<Verdict> {
  return await judged(() => (needsNoBytes(file) ? compareSize(task, file) : compareBytes(task, file)), task, file)
}

/** Goes on from `begun` until `stopped`; what is read then is returned instead of a verdict. */
export async function checkLargeFile(task: CheckTask, file: CompletedFile, stopped: () => boolean, begun?: Begun): Promise<Verdict | Begun> {
  if (needsNoBytes(file)) return await checkFile(task, file)
  return await judged(() => compareRanges(task, file, stopped, begun), task, file)
}

/** Nothing else can be compared, or nothing else is there. */
const needsNoBytes = ({ size, crc64 }: CompletedFile): boolean => crc64 === '' || size === 0

async function judged<T>(look: () => Promise<T>, task: CheckTask, file: CompletedFile): Promise<T | Verdict> {
  try {
    return await look()
  } catch (error) {
    if (!isStorageError(error) || error.kind === 'aborted' || error.kind === 'throttled') throw error
    if (error.kind === 'not-found') return { kind: 'missing', description: 'There is no such object.' }
    if (error.kind === 'archived') return await compareSize(task, file)
    if (isAddressLike(error) && error.kind !== 'forbidden') throw error
    return { kind: 'unreadable', description: vendorWords(error) }
  }
}

async function compareSize({ destination, pool, signal }: CheckTask, { key, size }: CompletedFile): Promise<Verdict> {
  const info = await pool.run(() => destination.head(key, { signal }), { signal })
  if (info.size !== size) return otherSize(info)
  return { kind: 'equal', bytes: 0, ...(size > 0 && { sizeOnly: true }) }
}

const otherSize = ({ size }: Pick<ObjectInfo, 'size'>): Verdict => ({ kind: 'size', description: `The object has ${size} bytes.` })

const otherBytes = (crc64: string): Verdict => ({ kind: 'checksum', description: `The bytes have the CRC-64 ${crc64}.` })

/** One GET, ended at once when the size is another. */
async function compareBytes({ destination, pool, signal }: CheckTask, { key, size, crc64 }: CompletedFile): Promise<Verdict> {
  const wrong = new AbortController()
  let told: ObjectInfo | undefined
  const onInfo = (info: ObjectInfo): void => {
    if (info.size === size) return
    told = info
    wrong.abort()
  }
  const read = () => streamCrc64(destination, key, { signal: AbortSignal.any([signal, wrong.signal]), onInfo })
  try {
    const streamed = await pool.run(() => retrying(read, { signal }), { signal })
    if (streamed.bytes !== size) return otherSize({ size: streamed.bytes })
    return streamed.crc64 === crc64 ? { kind: 'equal', bytes: size } : otherBytes(streamed.crc64)
  } catch (error) {
    if (told) return otherSize(told)
    throw error
  }
}

/** Some ranges side by side, then the next: what is read is always a beginning of the file, of one version. */
async function compareRanges(task: CheckTask, file: CompletedFile, stopped: () => boolean, begun?: Begun): Promise<Verdict | Begun> {
  const info = await task.pool.run(() => task.destination.head(file.key, { signal: task.signal }), { signal: task.signal })
  if (info.size !== file.size) return otherSize(info)
  let read: Begun = begun && begun.etag === info.etag ? begun : { bytes: 0, crc64: '0', ...(info.etag !== undefined && { etag: info.etag }) }
  while (read.bytes < file.size) {
    if (stopped()) return read
    const next = await readRanges(task, file, read)
    read = { ...read, bytes: next.bytes, crc64: crc64Combine(read.crc64, next.crc64, next.bytes - read.bytes) }
  }
  return read.crc64 === file.crc64 ? { kind: 'equal', bytes: file.size } : otherBytes(read.crc64)
}

async function readRanges({ destination, pool, signal, rangeBytes = usualRangeBytes }: CheckTask, { key, size }: CompletedFile, { bytes, etag }: Begun): Promise<{ bytes: number; crc64: string }> {
  const firsts = Array.from({ length: rangesAtOnce }, (_, i) => bytes + i * rangeBytes).filter((first) => first < size)
  const parts: { crc64: string; size: number }[] = []
  await eachOf(firsts.entries(), rangesAtOnce, async ([i, first]) => {
    const range = { first, last: Math.min(size, first + rangeBytes) - 1 }
    const streamed = await pool.run(() => retrying(() => streamCrc64(destination, key, { range, ifMatch: etag?.startsWith('W/') ? undefined : etag, signal }), { signal }), { signal })
    parts[i] = { crc64: streamed.crc64, size: streamed.bytes }
  })
  return { bytes: Math.min(size, bytes + firsts.length * rangeBytes), crc64: crc64OfParts(parts) }
}

export const isVerdict = (result: Verdict | Begun): result is Verdict => 'kind' in result
