import { createHash } from 'node:crypto'
import { createCRC64 } from 'hash-wasm'
import { StorageError } from '../../error.ts'
import type { Hashes } from '../../storage.ts'

const crc64Hasher = createCRC64()

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

export async function crc64(bytes: Uint8Array): Promise<string> {
  const hasher = await crc64Hasher
  return BigInt(`0x${hasher.init().update(bytes).digest('hex')}`).toString()
}

/** Fails `checksum` where what was sent along differs from what arrived. */
export function assertHashes(sent: Hashes | undefined, held: { readonly crc64: string; readonly md5?: string }): void {
  const names = (['crc64', 'md5'] as const).filter((name) => sent?.[name] !== undefined && held[name] !== undefined)
  const wrong = names.find((name) => sent?.[name] !== held[name])
  if (wrong === undefined) return
  throw new StorageError(`The ${wrong} sent along is ${sent?.[wrong]}, that of the bytes ${held[wrong]}.`, { kind: 'checksum' })
}
