/** What goes to the destination beside the bytes: metadata, modified time, storage class. */
import { mapMetadata, type FileMetadata } from '../model/metadata.ts'
import type { Metadata, ObjectInfo } from '../storage/storage.ts'
import type { Engine } from './engine.ts'
import { CopyFault } from './fault.ts'

export interface Stored {
  readonly metadata: Metadata
  readonly mtimeMs: number | undefined
  readonly storageClass: string | undefined
  readonly dropped: readonly string[]
}

type Described = Pick<ObjectInfo, 'mtimeMs' | 'storageClass'> & { readonly metadata: FileMetadata }

/** Fails MetadataUnsupported where the policy is to fail. */
export function toStored({ source, destination, options }: Engine, info: Described): Stored {
  const { contentHeaders, userMetadata, keepsMtime } = destination.abilities
  const mapped = mapMetadata(info.metadata, info.mtimeMs, {
    policy: options.metadataPolicy,
    keepMtime: userMetadata && (options.keepMtime || source.abilities.keepsMtime),
    contentHeaders,
    userMetadata,
    keepsMtime,
    maxMetadataBytes: destination.limits.maxMetadataBytes,
  })
  if (mapped.kind === 'unsupported') throw new CopyFault('MetadataUnsupported', mapped.sentence, 'destination')
  return {
    metadata: mapped.metadata,
    mtimeMs: keepsMtime ? mapped.mtimeMs : undefined,
    storageClass: info.storageClass === undefined ? undefined : options.storageClassMap[info.storageClass],
    dropped: mapped.dropped,
  }
}
