import { flag, halfOf, networkFields, optional, prefixField, secret, text, url, type AddressForm } from '../../../address-form.ts'
import { presetFault, presetNames, type PresetName } from '../presets.ts'
import type { FamilyAddress } from './family.ts'

export interface S3Address extends FamilyAddress {
  readonly vendor: 's3'
  /** What the store behind `endpoint` is: absent, it is expected to do as Amazon S3 does. */
  readonly preset?: PresetName
  /** Absent only where the preset has a usual one. */
  readonly region?: string
  /** `https://host[:port]`; else the preset's, or Amazon's own, for the region. */
  readonly endpoint?: string
  /** Without keys the AWS credential chain is asked. */
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  /** Default: the preset's, or true where `endpoint` is an IP address or localhost, or the bucket's name has dots. */
  readonly pathStyle?: boolean
}

export const s3Form: AddressForm<S3Address> = {
  title: 'Amazon S3, or anything S3-compatible',
  fields: {
    preset: { kind: 'choice', values: presetNames, optional: true, says: 'What the S3-compatible store is: sets what differs from Amazon S3.' },
    region: optional(text, 'May be left out where the preset has a usual one.'),
    endpoint: optional(url, 'For S3-compatible stores; absent: Amazon S3, or what the preset says.'),
    bucket: text,
    prefix: prefixField,
    accessKeyId: optional(text, 'With secretAccessKey; both absent: the AWS credential chain of the worker.'),
    secretAccessKey: optional(secret),
    sessionToken: optional(secret),
    pathStyle: optional(flag, 'endpoint/bucket/key instead of bucket.endpoint/key.'),
    ...networkFields,
  },
  fault: (address) =>
    presetFault(address) ??
    halfOf(address, 'accessKeyId', 'secretAccessKey', 'give both, or neither to use the AWS credential chain'),
  below: 'prefix',
}
