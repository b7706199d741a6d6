import { optional, url, type AddressForm } from '../../address-form.ts'
import { toEndpointUrl } from '../s3/host.ts'
import { keyPairFields, type KeyPairAddress } from '../s3/addresses/family.ts'

export interface KodoAddress extends KeyPairAddress {
  readonly vendor: 'kodo'
  /** Where a bucket read through its download domain is listed; default: the general one. */
  readonly listEndpoint?: string
}

export const kodoForm: AddressForm<KodoAddress> = {
  title: 'Qiniu KODO',
  fields: {
    ...keyPairFields(
      'The S3 endpoint, as https://s3.cn-east-1.qiniucs.com, or a download domain of the bucket (source only).',
      'Of a private S3 endpoint, as cn-east-1; else it follows from the endpoint.',
    ),
    listEndpoint: optional(url, 'With a download domain: where the bucket is listed, absent: https://rsf.qiniuapi.com.'),
  },
  below: 'prefix',
}

/** Of an S3 endpoint; undefined for a download domain. */
export function kodoRegion({ endpoint, region }: KodoAddress): string | undefined {
  return region ?? /^s3[.-]([a-z0-9-]+)\.qiniucs\.com$/.exec(toEndpointUrl(endpoint).hostname)?.[1]
}
