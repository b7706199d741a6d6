import { networkFields, optional, prefixField, secret, text, url, type AddressForm } from '../../../address-form.ts'
import type { FamilyAddress } from './family.ts'

export interface CosAddress extends FamilyAddress {
  readonly vendor: 'cos'
  readonly region: string
  /** Default: the public one of the region. */
  readonly endpoint?: string
  readonly secretId: string
  readonly secretKey: string
  readonly sessionToken?: string
}

export const cosForm: AddressForm<CosAddress> = {
  title: 'Tencent Cloud COS',
  fields: {
    region: { kind: 'text', says: 'As ap-guangzhou.' },
    bucket: { kind: 'text', says: 'With the APPID: <name>-<APPID>.' },
    prefix: prefixField,
    secretId: text,
    secretKey: secret,
    sessionToken: optional(secret, 'Of temporary keys.'),
    endpoint: optional(url, 'For private endpoints; absent: https://cos.<region>.myqcloud.com.'),
    ...networkFields,
  },
  fault: ({ bucket }) =>
    /-\d+$/.test(bucket) ? undefined : `bucket "${bucket}" lacks the APPID: write <name>-<APPID>, as the console shows it.`,
  below: 'prefix',
}
