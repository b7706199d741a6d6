import { StorageError, type StorageErrorDetails } from '../../error.ts'

type Meaning = Pick<StorageErrorDetails, 'kind' | 'scope' | 'retryable' | 'addressCodes'>

/** Status codes of version 3, and those of later versions that some servers send all the same. */
export const status = {
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
  OP_UNSUPPORTED: 8,
  NO_SUCH_PATH: 10,
  FILE_ALREADY_EXISTS: 11,
  WRITE_PROTECT: 12,
  NO_SPACE_ON_FILESYSTEM: 14,
  QUOTA_EXCEEDED: 15,
  NOT_A_DIRECTORY: 19,
  INVALID_FILENAME: 20,
  LINK_LOOP: 21,
  FILE_IS_A_DIRECTORY: 24,
} as const

const statuses: Readonly<Record<number, Meaning>> = {
  [status.EOF]: { kind: 'premature-end' },
  [status.NO_SUCH_FILE]: { kind: 'not-found' },
  [status.PERMISSION_DENIED]: { kind: 'forbidden' },
  [status.FAILURE]: { kind: 'unexpected' },
  [status.BAD_MESSAGE]: { kind: 'invalid' },
  [status.NO_CONNECTION]: { kind: 'network' },
  [status.CONNECTION_LOST]: { kind: 'network' },
  [status.OP_UNSUPPORTED]: { kind: 'invalid' },
  [status.NO_SUCH_PATH]: { kind: 'not-found' },
  [status.FILE_ALREADY_EXISTS]: { kind: 'precondition' },
  [status.WRITE_PROTECT]: { kind: 'forbidden', scope: 'address' },
  [status.NO_SPACE_ON_FILESYSTEM]: { kind: 'full' },
  [status.QUOTA_EXCEEDED]: { kind: 'full' },
  [status.NOT_A_DIRECTORY]: { kind: 'not-a-file' },
  [status.INVALID_FILENAME]: { kind: 'key-unsupported' },
  [status.LINK_LOOP]: { kind: 'not-a-file' },
  [status.FILE_IS_A_DIRECTORY]: { kind: 'not-a-file' },
}

/** `FAILURE` says nothing; some servers put the system's words beside it. OpenSSH does not. */
const failureWords: readonly (readonly [RegExp, Meaning])[] = [
  [/no space|disk (is )?full|quota/i, { kind: 'full' }],
  [/read-only/i, { kind: 'forbidden', scope: 'address' }],
  [/already exists/i, { kind: 'precondition' }],
  [/is a directory|not a directory/i, { kind: 'not-a-file' }],
]

/** Of an answer to one request. Pure. `subject` is the key or folder that was asked for. */
export function toStorageError(cause: unknown, subject: string): StorageError {
  if (cause instanceof StorageError) return cause
  const code = statusOf(cause)
  const words = cause instanceof Error ? cause.message : String(cause)
  const said = code === status.FAILURE ? failureWords.find(([pattern]) => pattern.test(words))?.[1] : undefined
  const meaning = said ?? (code === undefined ? undefined : statuses[code]) ?? { kind: 'unexpected' }
  return new StorageError(`${words} (${subject})`, { ...meaning, ...(code !== undefined && { code: nameOf(code) }), cause })
}

const nameOf = (code: number): string => Object.entries(status).find(([, value]) => value === code)?.[0] ?? `Status ${code}`

export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}

/** The server lacks an extension of the protocol: ssh2 says so in words, servers by status. */
export const isUnsupported = (error: unknown): boolean =>
  statusOf(error) === status.OP_UNSUPPORTED || (error instanceof Error && /does not support this extended request/.test(error.message))

const login: Meaning = {
  kind: 'bad-secret',
  addressCodes: {
    source: 'SourceAddrPasswordInvalid',
    destination: 'DestAddrPasswordInvalid',
    advice: 'refuses the login: correct the user, the password or the private key (SSH does not tell which of them is wrong)',
  },
}
const privateKey: Meaning = {
  kind: 'bad-secret',
  addressCodes: {
    source: 'SourceBadPrivateKeyFileFormat',
    destination: 'DestBadPrivateKeyFileFormat',
    advice: 'has a privateKeyFile that cannot be used: name a file with a private key, and its passphrase if it has one',
  },
}

/** What ssh2 says of a connection: its `level`, or a code of the system. */
const faults: Readonly<Record<string, Meaning>> = {
  'client-authentication': login,
  'client-timeout': { kind: 'timeout', scope: 'address' },
  'client-dns': { kind: 'network' },
  'client-socket': { kind: 'network' },
  handshake: { kind: 'invalid', scope: 'address' },
  protocol: { kind: 'network' },
  ETIMEDOUT: { kind: 'timeout', scope: 'address' },
  ENOENT: privateKey,
  EACCES: privateKey,
  EISDIR: privateKey,
}

/** Of making or keeping a connection. Pure. `endpoint` is `host:port`. */
export function toConnectionError(cause: unknown, endpoint: string): StorageError {
  if (cause instanceof StorageError) return cause
  const words = cause instanceof Error ? cause.message : String(cause)
  const { code, level } = facetsOf(cause)
  const key = /privateKey|passphrase|OpenSSH key|PPK/.test(words) ? privateKey : undefined
  const meaning = key ?? faults[code ?? ''] ?? faults[level ?? ''] ?? { kind: 'network' }
  return new StorageError(`${words} (${endpoint})`, { ...meaning, ...((code ?? level) && { code: code ?? level }), cause })
}

function facetsOf(cause: unknown): { readonly code?: string | undefined; readonly level?: string | undefined } {
  if (!(cause instanceof Error)) return {}
  return { code: 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined, level: 'level' in cause && typeof cause.level === 'string' ? cause.level : undefined }
}
