import { networkFields, optional, secret, text, type AddressForm, type NetworkFields } from '../../address-form.ts'

/** A folder of any SSH server that has the SFTP subsystem. */
export interface SftpAddress extends Pick<NetworkFields, 'maxRequestsPerSecond'> {
  readonly vendor: 'sftp'
  readonly host: string
  /** Default 22. */
  readonly port?: number
  readonly user: string
  readonly password?: string
  readonly privateKeyFile?: string
  readonly passphrase?: string
  /** Fingerprint as `ssh-keygen -l` prints it: `SHA256:` and 43 characters. Without it nothing is asked of the server but its key. */
  readonly hostKey?: string
  /** Absolute, on the server. */
  readonly path: string
}

export const sftpForm: AddressForm<SftpAddress> = {
  title: 'A folder of any SSH server, over SFTP',
  fields: {
    host: text,
    port: optional({ kind: 'number' }, 'Default: 22.'),
    user: text,
    password: optional(secret, 'Either this or privateKeyFile.'),
    privateKeyFile: optional({ kind: 'file' }, 'OpenSSH, PEM or PuTTY private key; relative to this file.'),
    passphrase: optional(secret, 'Of the private key.'),
    hostKey: optional(text, 'Required, "SHA256:…": "tranship address check" says what the server shows when it is left out.'),
    path: { kind: 'absolute-path', says: 'A folder of the server: must exist.' },
    maxRequestsPerSecond: networkFields.maxRequestsPerSecond,
  },
  fault: sftpFault,
  below: 'path',
}

function sftpFault({ port, password, privateKeyFile, passphrase, hostKey }: SftpAddress): string | undefined {
  if (password !== undefined && privateKeyFile !== undefined) return 'password and privateKeyFile exclude each other: leave one out.'
  if (password === undefined && privateKeyFile === undefined) return 'a password or a privateKeyFile is missing: give one of them.'
  if (passphrase !== undefined && privateKeyFile === undefined) return 'a passphrase belongs to a privateKeyFile: give that, or leave it out.'
  if (port !== undefined && (!Number.isInteger(port) || port > 65_535)) return `${port} is no port: give a whole number up to 65535.`
  if (hostKey === undefined || /^SHA256:[A-Za-z0-9+/]{43}$/.test(hostKey)) return undefined
  return `"${hostKey}" is no fingerprint: give "SHA256:" and 43 characters, as "ssh-keygen -l" prints it.`
}
