import { flag, networkFields, optional, prefixField, secret, text, type AddressForm } from '../../../address-form.ts'
import type { FamilyAddress } from './family.ts'

export interface OssAddress extends FamilyAddress {
  readonly vendor: 'oss'
  readonly region: string
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
