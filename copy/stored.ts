/** What goes to the destination beside the bytes: metadata, modified time, storage class, tags and rights. */
import { mapMetadata, type FileMetadata } from '../model/metadata.ts'
import type { CannedAcl, Metadata, ObjectInfo, Tags } from '../storage/storage.ts'
import { attachedOf } from './attached.ts'
import type { Engine } from './engine.ts'
import { CopyFault, isCopyFault } from './fault.ts'

export interface Stored {
  readonly metadata: Metadata
  readonly mtimeMs: number | undefined
  readonly storageClass: string | undefined
  readonly tags?: Tags
  readonly acl?: CannedAcl
  /** Names of what the destination cannot hold. */
  readonly dropped: readonly string[]
}

type Described = Pick<ObjectInfo, 'mtimeMs' | 'storageClass'> & { readonly metadata: FileMetadata }

/** Fails MetadataUnsupported where the policy is to fail. Runs within a place of the request pool. */
export async function toStored(engine: Engine, key: string, info: Described): Promise<Stored> {
  const stored = mapStored(engine, info)
  const { dropped, ...attached } = await attachedOf(engine, key)
  return { ...stored, ...attached, dropped: [...stored.dropped, ...dropped] }
}

/** Without tags and rights, which have to be asked for. */
export function mapStored({ source, destination, options }: Pick<Engine, 'source' | 'destination' | 'options'>, info: Described): Stored {
  const { contentHeaders, userMetadata, keepsMtime } = destination.abilities
  const mapped = mapMetadata(info.metadata, info.mtimeMs, {
    policy: options.metadataPolicy,
    keepMtime: userMetadata && (options.keepMtime || source.abilities.keepsMtime),
    contentHeaders,
    userMetadata,
    keepsMtime,
    maxMetadataBytes: destination.limits.maxMetadataBytes,
    fault: destination.refuses?.metadata,
  })
  if (mapped.kind === 'unsupported') throw new CopyFault('MetadataUnsupported', mapped.sentence, 'destination')
  return {
    metadata: mapped.metadata,
    mtimeMs: keepsMtime ? mapped.mtimeMs : undefined,
    storageClass: info.storageClass === undefined ? undefined : options.storageClassMap[info.storageClass],
    dropped: mapped.dropped,
  }
}

/** Some buckets hold no rights, and say so only when one comes: then the policy decides, as it does for what is known before. */
export async function sendStored<T>({ options }: Engine, stored: Stored, send: (stored: Stored) => Promise<T>): Promise<T> {
  try {
    return await send(stored)
  } catch (error) {
    const refused = isCopyFault(error) && error.storage?.kind === 'metadata-unsupported'
    if (!refused || stored.acl === undefined || options.metadataPolicy === 'fail') throw error
    const { acl, ...rest } = stored
    return await send({ ...rest, dropped: [...stored.dropped, `access right ${acl}`] })
  }
}
