import { optional, text, type AddressForm } from '../../address-form.ts'

/** A folder of the workers' file systems: a mounted share, or any other. */
export interface NasAddress {
  readonly vendor: 'nas'
  /** Absolute. */
  readonly path: string
  /** The share's name in reports; default: the path. */
  readonly mountPoint?: string
  /** A folder below `path`, which must exist: '' or ending in '/'. */
  readonly folder?: string
}

export const nasForm: AddressForm<NasAddress> = {
  title: 'A NAS share (NFS, SMB) mounted on the workers, or any folder',
  fields: {
    path: { kind: 'absolute-path', says: 'Where the share is mounted on the workers, or any folder.' },
    mountPoint: optional(text, 'The name of the share in reports, as nas-1.example.com.'),
    folder: optional({ kind: 'folder' }, 'A folder below the path: must exist.'),
  },
  below: 'folder',
}
