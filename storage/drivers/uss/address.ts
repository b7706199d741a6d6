/** A service of UPYUN's USS as a data address. */
import { networkFields, optional, secret, text, url, type AddressForm, type NetworkFields } from '../../address-form.ts'

export interface UssAddress extends NetworkFields {
  readonly vendor: 'uss'
  /** `http://v0.api.upyun.com` */
  readonly domain: string
  readonly service: string
  /** '' or ending in '/'. */
  readonly folder?: string
  readonly operator: string
  readonly password: string
  /** Files are read from there, without a signature. */
  readonly cdnDomain?: string
}

export const ussForm: AddressForm<UssAddress> = {
  title: 'UPYUN USS',
  fields: {
    domain: { kind: 'url', says: 'As http://v0.api.upyun.com, or with https.' },
    service: text,
    folder: optional({ kind: 'folder' }, 'A folder of the service: may not start with "/", must end with "/".'),
    operator: text,
    password: secret,
    cdnDomain: optional(url, 'Files are read from this domain of the service instead; writing and listing still take the other.'),
    ...networkFields,
  },
  below: 'folder',
}
