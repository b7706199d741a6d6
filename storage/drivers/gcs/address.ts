import { networkFields, optional, prefixField, text, url, type AddressForm, type NetworkFields } from '../../address-form.ts'

export interface GcsAddress extends NetworkFields {
  readonly vendor: 'gcs'
  readonly bucket: string
  /** '' or ending in '/'. It is put on and taken off above the driver. */
  readonly prefix?: string
  /** JSON key file of a service account; absent: application default credentials of the worker. */
  readonly keyFile?: string
  /** `https://host[:port]` of a private endpoint. One of `http://` (an emulator) is sent no token. */
  readonly endpoint?: string
}

export const gcsForm: AddressForm<GcsAddress> = {
  title: 'Google Cloud Storage',
  fields: {
    bucket: text,
    prefix: prefixField,
    keyFile: optional({ kind: 'file' }, 'JSON key file of a service account, relative to this file; absent: application default credentials.'),
    endpoint: optional(url, 'For private endpoints and emulators, whose http:// is sent no token; absent: Google\'s own.'),
    ...networkFields,
  },
  below: 'prefix',
}
