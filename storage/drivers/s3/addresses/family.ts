import { networkFields, optional, prefixField, secret, text, type AddressForm, type Field, type NetworkFields } from '../../../address-form.ts'

/** What all data addresses of the S3 family have, as tranship.yaml holds them once validated. */
export interface FamilyAddress extends NetworkFields {
  readonly bucket: string
  /** '' or ending in '/'. It is put on and taken off above the driver. */
  readonly prefix?: string
}

/** Stores whose region follows from their endpoint. */
export interface KeyPairAddress extends FamilyAddress {
  readonly endpoint: string
  /** For endpoints that do not say it: private ones. */
  readonly region?: string
  readonly accessKey: string
  readonly secretKey: string
}

export const keyPairFields = (endpoint: string, region: string): AddressForm<KeyPairAddress>['fields'] => ({
  endpoint: { kind: 'url', says: endpoint } satisfies Field,
  region: optional(text, region),
  bucket: text,
  prefix: prefixField,
  accessKey: text,
  secretKey: secret,
  ...networkFields,
})
