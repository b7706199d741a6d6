import { digestOf } from '../../caller.ts'
import type { Storage, StorageInfo } from '../../storage.ts'
import { openAcl } from './acl.ts'
import { openArchive } from './archive.ts'
import { openServerCopy } from './copy.ts'
import type { Dialect, Target } from './dialect.ts'
import { listObjects } from './list.ts'
import { metadataFault } from '../../http/metadata.ts'
import { openMultipart } from './multipart.ts'
import { getObject, headObject } from './read.ts'
import { openTagging } from './tags.ts'
import { openWire, type WireDeps } from './wire.ts'
import { deleteObject, putObject } from './write.ts'

/** Opens an address of the S3 family. Nothing is sent yet. */
export function openS3Family<A>(address: A, dialect: Dialect<A>, deps?: WireDeps): Storage {
  const target = dialect.target(address)
  const wire = openWire(target, dialect, deps)
  const { tags, acl, archive, copies, rights } = dialect
  const info = infoOf(target, dialect)
  return {
    info,
    limits: dialect.limits,
    abilities: dialect.abilities,
    list: (options) => listObjects(wire, dialect, options),
    head: (key, options) => headObject(wire, dialect, key, options),
    get: (key, sink, options) => getObject(wire, dialect, key, sink, options),
    put: (key, body, options) => putObject(wire, dialect, key, body, options),
    delete: (key, options) => deleteObject(wire, key, options),
    close: () => wire.close(),
    multipart: openMultipart(wire, dialect),
    ...(tags && { tagging: openTagging(wire, tags) }),
    ...(acl && { acl: openAcl(wire, acl) }),
    ...(archive && { archive: openArchive(wire, archive) }),
    ...(copies && { serverCopy: openServerCopy(wire, dialect, copies, info) }),
    refuses: { key: dialect.keyFault, metadata: (name, value) => metadataFault(dialect.metadata, name, value) },
    ...(rights && { rights }),
    facts: (options = {}) => dialect.facts(address, wire, options),
  }
}

function infoOf<A>({ bucket, prefix, endpoint, credentials }: Target, { vendor }: Dialect<A>): StorageInfo {
  return { vendor, bucket, prefix, endpoint, caller: credentials === undefined ? 'aws-chain' : digestOf(credentials.accessKeyId) }
}
