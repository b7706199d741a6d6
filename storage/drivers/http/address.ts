/** A list of URLs as a data address, source only. */
import { networkFields, type AddressForm, type NetworkFields } from '../../address-form.ts'
import type { ConfiguredAddress } from '../../vendors.ts'

export interface HttpAddress extends NetworkFields {
  readonly vendor: 'http'
  /** A file of this machine, or an object of another address. */
  readonly list: string | ListObject
}

export interface ListObject {
  readonly address: ConfiguredAddress
  readonly key: string
}

export const httpForm: AddressForm<HttpAddress> = {
  title: 'A list of HTTP and HTTPS URLs',
  fields: {
    list: {
      kind: 'address-key',
      says: 'Rows of URL, tab, file name: `address:key` of another address, or a file of the workers, relative to this file.',
    },
    ...networkFields,
  },
  only: 'source',
}
