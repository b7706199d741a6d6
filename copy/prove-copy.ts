/** Whether what the store copied is what the source holds: by hashes that both ends state, and by size. */
import type { ObjectInfo, PutResult } from '../storage/storage.ts'
import type { Engine } from './engine.ts'
import { atDestination, CopyFault } from './fault.ts'
import { compareHashes } from './hashing.ts'
import { readBack } from './read-back.ts'
import { compareStated, removeOwn } from './verify.ts'

export interface Proof {
  /** Empty where nobody states it. */
  readonly crc64: string
  readonly verified: boolean
}

/** Fails ChecksumMismatch, SizeMismatch. Runs within a place of the request pool. */
export async function proveCopy(engine: Engine, info: ObjectInfo, result: PutResult): Promise<Proof> {
  const isTold = compareHashes(result.hashes, info.hashes) === 'equal' && (result.hashes.crc64 ?? info.hashes.crc64) !== undefined
  const stated = isTold ? result : await lookAt(engine, info, result)
  const isEqual = (await compareStated(engine, { key: info.key, size: info.size, hashes: info.hashes }, stated)) === 'equal'
  const crc64 = stated.hashes.crc64 ?? (isEqual ? info.hashes.crc64 : undefined)
  const isRead = await readBack(engine, { key: info.key, size: info.size, hashes: { crc64 } })
  return { crc64: crc64 ?? '', verified: isRead || isEqual }
}

async function lookAt(engine: Engine, { key, size }: ObjectInfo, result: PutResult): Promise<PutResult> {
  const held = await atDestination(engine.destination.head(key, { signal: engine.signal }))
  if (held.size === size) return { ...result, hashes: { ...held.hashes, ...result.hashes } }
  await removeOwn(engine, key, result.etag)
  throw new CopyFault('SizeMismatch', `The store copied ${held.size} bytes of ${size}.`, 'destination')
}
