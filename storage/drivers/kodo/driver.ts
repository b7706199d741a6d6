import type { Storage, StorageAbilities } from '../../storage.ts'
import { kodoDialect } from '../s3/dialects/kodo.ts'
import { openS3Family } from '../s3/driver.ts'
import { toEndpointUrl } from '../s3/host.ts'
import { kodoRights } from '../s3/rights.ts'
import { kodoRegion, type KodoAddress } from './address.ts'
import { listBucket, maxListEntries } from './list.ts'
import { getObject, headObject } from './read.ts'
import { openKodoWire, readOnly } from './wire.ts'

/** Through the S3 door where the endpoint is one; else the bucket is read from its download domain. Nothing is sent yet. */
export function openKodo(address: KodoAddress): Promise<Storage> {
  return Promise.resolve(kodoRegion(address) === undefined ? openDomain(address) : openS3Family(address, kodoDialect))
}

const abilities: StorageAbilities = {
  ...kodoDialect.abilities,
  startAfter: false,
  write: false,
  putHashes: [],
}

const { list, read } = kodoRights

function openDomain(address: KodoAddress): Storage {
  const wire = openKodoWire(address)
  const { bucket, prefix = '', endpoint } = address
  return {
    info: { vendor: 'kodo', bucket, prefix, endpoint: toEndpointUrl(endpoint).origin },
    limits: { ...kodoDialect.limits, maxListEntries },
    abilities,
    list: (options) => listBucket(wire, bucket, options),
    head: (key, options) => headObject(wire, key, options),
    get: (key, sink, options) => getObject(wire, key, sink, options),
    put: readOnly,
    delete: readOnly,
    close: () => wire.close(),
    rights: { list, read },
    /** No call says more of a bucket than that it can be listed. */
    facts: () => Promise.resolve({ archive: false }),
  }
}
