/** `--verify`: what was just stored is read again before its file counts as completed. Runs within a place of the request pool. */
import { chanceOf } from '../model/sampling.ts'
import { isStorageError } from '../storage/error.ts'
import { retrying } from '../storage/retrying.ts'
import type { Hashes, ObjectInfo } from '../storage/storage.ts'
import type { Engine } from './engine.ts'
import { CopyFault } from './fault.ts'
import { streamCrc64, type Streamed } from './crc64/stream.ts'

/** What is read again is to be through before its batch must give its slot back: what is larger is left to `tranship verify`. */
export const mostReadBackBytes = 1024 ** 3
const sampleShare = 0.01

interface Stored {
  readonly key: string
  readonly size: number
  readonly hashes: Hashes
}

/**
 * True when what is there has our CRC-64/XZ; false when it was not wanted, or cannot be read. Fails ChecksumMismatch when it is something
 * else: it is removed then, since a later run would take it for the same file.
 */
export async function readBack(engine: Engine, stored: Stored): Promise<boolean> {
  const { crc64 } = stored.hashes
  if (crc64 === undefined || !isWanted(engine, stored)) return false
  const streamed = await stream(engine, stored.key)
  if (streamed === undefined) return false
  if (streamed !== 'gone' && streamed.bytes === stored.size && streamed.crc64 === crc64) return true
  throw new CopyFault('ChecksumMismatch', await sentence(engine, streamed, crc64), 'destination')
}

function isWanted({ options: { verify, job } }: Engine, { key, size }: Stored): boolean {
  if (verify === undefined || size === 0 || size > mostReadBackBytes) return false
  return verify === 'all' || chanceOf(`${job}/${key}`, 0) < sampleShare
}

async function stream({ destination, signal }: Engine, key: string): Promise<Streamed | 'gone' | undefined> {
  try {
    return await retrying(() => streamCrc64(destination, key, { signal }), { signal })
  } catch (error) {
    if (!isStorageError(error) || error.kind === 'aborted') throw error
    return error.kind === 'not-found' ? 'gone' : undefined
  }
}

async function sentence(engine: Engine, streamed: Streamed | 'gone', crc64: string): Promise<string> {
  if (streamed === 'gone') return 'The object was not there any more when it was read again.'
  const what = (await remove(engine, streamed.info)) ? 'it was removed again' : 'it was left as it is'
  return `Read again, the object had ${streamed.bytes} bytes with the CRC-64 ${streamed.crc64} where ${crc64} was sent; ${what}.`
}

/** Unless somebody has changed it since. */
async function remove({ destination, signal }: Engine, { key, etag, size, mtimeMs }: ObjectInfo): Promise<boolean> {
  try {
    const now = await destination.head(key, { signal })
    if (now.etag !== etag || now.size !== size || now.mtimeMs !== mtimeMs) return false
    await destination.delete(key, { signal })
    return true
  } catch (error) {
    if (isStorageError(error)) return false
    throw error
  }
}
