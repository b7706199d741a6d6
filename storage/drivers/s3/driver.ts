import type { Storage } from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import { listObjects } from './list.ts'
import { openMultipart } from './multipart.ts'
import { getObject, headObject } from './read.ts'
import { openWire, type WireDeps } from './wire.ts'
import { deleteObject, putObject } from './write.ts'

/** Opens an address of the S3 family. Nothing is sent yet. */
export function openS3Family<A>(address: A, dialect: Dialect<A>, deps?: WireDeps): Storage {
  const target = dialect.target(address)
  const wire = openWire(target, dialect, deps)
  return {
    info: { vendor: dialect.vendor, bucket: target.bucket, prefix: target.prefix, endpoint: target.endpoint },
    limits: dialect.limits,
    abilities: dialect.abilities,
    list: (options) => listObjects(wire, dialect, options),
    head: (key, options) => headObject(wire, dialect, key, options),
    get: (key, sink, options) => getObject(wire, dialect, key, sink, options),
    put: (key, body, options) => putObject(wire, dialect, key, body, options),
    delete: (key, options) => deleteObject(wire, key, options),
    close: () => wire.close(),
    multipart: openMultipart(wire, dialect),
    facts: (options = {}) => dialect.facts(address, wire, options),
  }
}
