import { headFacts } from '../bucket-head.ts'
import type { Dialect } from '../dialect.ts'
import { toContentMd5 } from '../hashes.ts'
import { s3Dialect } from './s3.ts'

/** What the S3 doors of other vendors have in common: Amazon's protocol without what their documentation does not promise. */
export const s3Door: Omit<Dialect<unknown>, 'vendor' | 'target'> = {
  signer: s3Dialect.signer,
  bareQuery: s3Dialect.bareQuery,
  limits: s3Dialect.limits,
  abilities: { ...s3Dialect.abilities, conditionalPut: false, putHashes: ['md5'] },
  keyFault: () => undefined,
  metadata: s3Dialect.metadata,
  storageClassHeader: s3Dialect.storageClassHeader,
  listing: s3Dialect.listing,
  reads: { headers: {}, rangeHeaders: {} },
  writes: { ifAbsent: 'look', ifMatch: false, uploadChecksum: {} },
  facts: headFacts({ region: ['x-amz-bucket-region'] }),
  hashes: { toHeaders: toContentMd5, fromHeaders: s3Dialect.hashes.fromHeaders, fromXml: s3Dialect.hashes.fromXml },
}
