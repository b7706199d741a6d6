/** CRC-64/XZ of what a store holds, as it streams by: nothing of it is kept. */
import { createCRC64, type IHasher } from 'hash-wasm'
import type { GetOptions, ObjectInfo, Storage } from '../storage/storage.ts'

export interface Streamed {
  readonly info: ObjectInfo
  readonly bytes: number
  /** Decimal. */
  readonly crc64: string
}

/** Hashers that are in no stream now: each stream needs one of its own. */
const idle: IHasher[] = []

export async function streamCrc64(storage: Storage, key: string, options: GetOptions): Promise<Streamed> {
  const hasher = idle.pop() ?? (await createCRC64())
  hasher.init()
  let bytes = 0
  try {
    const info = await storage.get(key, (chunk) => {
      hasher.update(chunk)
      bytes += chunk.length
    }, options)
    return { info, bytes, crc64: BigInt(`0x${hasher.digest('hex')}`).toString() }
  } finally {
    idle.push(hasher)
  }
}
