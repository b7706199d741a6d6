/** Copies that the store makes itself, where both ends are one to it: the bytes never pass through this process. */
import type { JobOptions } from '../model/job.ts'
import { isStorageError, type StorageErrorKind } from '../storage/error.ts'
import type { CopySource, ObjectInfo, ServerCopy, Storage } from '../storage/storage.ts'
import type { Engine } from './engine.ts'
import { atDestination, atSource } from './fault.ts'
import { assertSameVersion } from './fetch.ts'

export interface Direct {
  /** Undefined: the bytes are fetched and sent. */
  readonly group: ServerCopy | undefined
  /** It turned out that this store does not copy between these two: the rest of the batch goes the ordinary way. */
  giveUp(): void
}

/** By itself only where the store then states the CRC-64/XZ that the report has. */
export function openDirect(source: Storage, destination: Storage, { serverCopy }: JobOptions): Direct {
  const isWanted = serverCopy ?? destination.abilities.statedHashes.includes('crc64')
  let group = isWanted && destination.serverCopy?.reaches(source.info) ? destination.serverCopy : undefined
  return {
    get group() {
      return group
    },
    giveUp: () => void (group = undefined),
  }
}

/** The store will not copy here, whatever the file. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused'
}

const refusals: ReadonlySet<StorageErrorKind> = new Set(['forbidden', 'no-bucket', 'invalid', 'too-large', 'wrong-region'])
const faultsOfSource: ReadonlySet<StorageErrorKind> = new Set(['not-found', 'archived'])

/** Sends one call of `ServerCopy`, about so many bytes: charged to the job's pace before, as nothing can be held back once it is on its way. */
export async function askStore<T>(engine: Engine, info: ObjectInfo, bytes: number, call: (source: CopySource) => Promise<T>): Promise<T> {
  if (engine.pace) await engine.pace.take(bytes, { signal: engine.closing })
  engine.onMoved(bytes)
  try {
    return await call(sourceOf(engine, info))
  } catch (error) {
    if (!isStorageError(error)) throw error
    if (refusals.has(error.kind)) throw new CopyRefused(error.message, { cause: error })
    if (error.kind === 'precondition') await assertSameSource(engine, info)
    return await (faultsOfSource.has(error.kind) ? atSource : atDestination)(Promise.reject<T>(error))
  }
}

const sourceOf = ({ source }: Engine, { key, etag }: ObjectInfo): CopySource =>
  ({ info: source.info, key, ...(etag !== undefined && !etag.startsWith('W/') && { ifMatch: etag }) })

/** A condition that did not hold may be that of the source. */
async function assertSameSource({ source, signal }: Engine, info: ObjectInfo): Promise<void> {
  assertSameVersion(info, await atSource(source.head(info.key, { signal })))
}
