import type { BucketFacts, CallOptions } from '../../storage.ts'
import { parseJson } from './info.ts'
import type { Wire } from './wire.ts'

interface BucketResource {
  readonly location?: string
  readonly storageClass?: string
}

/** Needs `storage.buckets.get`. Objects of the ARCHIVE class are read as any other: there is nothing to restore. */
export async function bucketFacts({ paths, send }: Wire, { signal }: CallOptions = {}): Promise<BucketFacts> {
  const query = { fields: 'location,storageClass' }
  const { body } = await send({ method: 'GET', path: paths.bucket, query, about: 'bucket', ...(signal && { signal }) })
  const { location, storageClass } = parseJson<BucketResource>(body)
  return { ...(location && { region: location.toLowerCase() }), ...(storageClass && { storageClass }), archive: false }
}
