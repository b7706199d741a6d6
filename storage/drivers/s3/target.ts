import type { FamilyAddress, KeyPairAddress } from './addresses/family.ts'
import type { Target } from './dialect.ts'

/** Where and as whom: what a vendor's address says in its own way. */
type Place = Pick<Target, 'origin' | 'basePath' | 'endpoint' | 'region' | 'credentials'>

export function toTarget({ bucket, prefix = '', caFile, proxy }: FamilyAddress, place: Place): Target {
  return { ...place, bucket, prefix, ...(caFile && { caFile }), ...(proxy && { proxy }) }
}

export function keyPair({ accessKey, secretKey }: KeyPairAddress): Target['credentials'] {
  return { accessKeyId: accessKey, secret: secretKey }
}
