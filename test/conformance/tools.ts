import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { isStorageError, type StorageErrorKind } from '../../storage/error.ts'
import type { GetOptions, ListEntry, ListOptions, ObjectInfo, PutOptions, PutResult, Storage } from '../../storage/storage.ts'

export const noMetadata = { metadata: { user: {} } }

export function put(storage: Storage, key: string, content: string | Uint8Array = key, options: Partial<PutOptions> = {}): Promise<PutResult> {
  return storage.put(key, [Buffer.from(content)], { ...noMetadata, ...options })
}

export interface Read {
  readonly bytes: Buffer
  readonly info: ObjectInfo
}

export async function read(storage: Storage, key: string, options?: GetOptions): Promise<Read> {
  const chunks: Uint8Array[] = []
  const info = await storage.get(key, (chunk) => void chunks.push(Uint8Array.from(chunk)), options)
  return { bytes: Buffer.concat(chunks), info }
}

export const readText = async (storage: Storage, key: string, options?: GetOptions): Promise<string> => (await read(storage, key, options)).bytes.toString()

export async function list(storage: Storage, options: ListOptions = {}): Promise<ListEntry[]> {
  const entries: ListEntry[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list({ ...options, ...(cursor !== undefined && { cursor }) })
    entries.push(...page.entries)
    cursor = page.next
  } while (cursor !== undefined)
  return entries
}

export const keysOf = async (storage: Storage, options?: ListOptions): Promise<string[]> => (await list(storage, options)).map(({ key }) => key)

export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'nothing failed'
  } catch (error) {
    return isStorageError(error) ? error.kind : `no StorageError: ${String(error)}`
  }
}

export async function expectFailure(call: Promise<unknown>, kind: StorageErrorKind): Promise<void> {
  expect(await failureOf(call)).toBe(kind)
}

/** The same bytes for the same seed. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed * 2_654_435_761 >>> 0 || 1
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 0xff
  }
  return bytes
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
