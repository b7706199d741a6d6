/** The S3 family's data addresses, as tranship.yaml holds them once validated. */
import { flag, halfOf, networkFields, optional, prefixField, secret, text, url, type AddressForm, type NetworkFields } from '../../address-form.ts'

interface FamilyAddress extends NetworkFields {
  readonly region: string
  readonly bucket: string
  /** '' or ending in '/'. It is put on and taken off above the driver. */
  readonly prefix?: string
}

export interface S3Address extends FamilyAddress {
  readonly vendor: 's3'
  /** `https://host[:port]`; else Amazon's own for the region. */
  readonly endpoint?: string
  /** Without keys the AWS credential chain is asked. */
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  /** Default: true where `endpoint` is an IP address or localhost, or the bucket's name has dots. */
  readonly pathStyle?: boolean
}

export const s3Form: AddressForm<S3Address> = {
  title: 'Amazon S3, or anything S3-compatible',
  fields: {
    region: text,
    endpoint: optional(url, 'For S3-compatible stores; absent: Amazon S3.'),
    bucket: text,
    prefix: prefixField,
    accessKeyId: optional(text, 'With secretAccessKey; both absent: the AWS credential chain of the worker.'),
    secretAccessKey: optional(secret),
    sessionToken: optional(secret),
    pathStyle: optional(flag, 'endpoint/bucket/key instead of bucket.endpoint/key.'),
    ...networkFields,
  },
  fault: (address) => halfOf(address, 'accessKeyId', 'secretAccessKey', 'give both, or neither to use the AWS credential chain'),
  below: 'prefix',
}

export interface OssAddress extends FamilyAddress {
  readonly vendor: 'oss'
  readonly endpoint: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** `endpoint` is a domain of one's own that is bound to the bucket. */
  readonly cname?: boolean
}

export const ossForm: AddressForm<OssAddress> = {
  title: 'Alibaba Cloud OSS',
  fields: {
    region: { kind: 'text', says: 'As cn-hangzhou.' },
    endpoint: { kind: 'url', says: 'As https://oss-cn-hangzhou.aliyuncs.com.' },
    bucket: text,
    prefix: prefixField,
    accessKeyId: text,
    accessKeySecret: secret,
    securityToken: optional(secret),
    cname: optional(flag, 'The endpoint is a domain of your own that is bound to the bucket.'),
    ...networkFields,
  },
  below: 'prefix',
}
