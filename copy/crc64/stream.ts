/** CRC-64/XZ of what a store holds, as it streams by: nothing of it is kept. */
import type { GetOptions, ObjectInfo, Storage } from '../../storage/storage.ts'
import { crc64Digest, crc64Start, crc64Update } from './crc64.ts'

export interface Streamed {
  readonly info: ObjectInfo
  readonly bytes: number
  /** Decimal. */
  readonly crc64: string
}

export async function streamCrc64(storage: Storage, key: string, options: GetOptions): Promise<Streamed> {
  let register = crc64Start
  let bytes = 0
  const info = await storage.get(key, (chunk) => {
    register = crc64Update(register, chunk)
    bytes += chunk.length
  }, options)
  return { info, bytes, crc64: crc64Digest(register) }
}
