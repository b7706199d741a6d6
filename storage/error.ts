import type { AddressCode } from '../model/codes.ts'

/**
 * What went wrong in a store, in words that every vendor shares. Each driver maps its failures once, in its `error.ts`
 * (pure, a table); everything above acts on `kind`, `retryable` and `scope`, never on a message or a vendor's code.
 */
export const storageErrorKinds = [
  'not-found', // the key is not there
  'no-bucket', // bucket or container is not there
  'no-mount', // the share is not mounted, or its path is not a folder
  'no-folder', // the folder below a share's path is not there
  'no-upload', // the multipart upload is gone (aborted, completed or expired)
  'forbidden', // known caller, right missing
  'bad-access-key', // the store does not know the key id, user or operator
  'bad-secret', // the signature or password is wrong
  'expired', // token or key is past its time
  'clock-skew', // our clock is too far from the store's
  'wrong-region', // the bucket lives in another region or at another endpoint
  'precondition', // ifMatch or ifAbsent did not hold
  'range', // the range lies beyond the end
  'throttled', // slow down: 429, 503 SlowDown
  'unavailable', // 5xx
  'network', // no connection, or one that broke
  'timeout', // connect, header or idle timeout
  'premature-end', // fewer or more bytes than announced
  'checksum', // the store refused our bytes because their checksum differs
  'archived', // must be restored before it can be read
  'too-large', // above what the store holds in one object or one request
  'key-unsupported', // the store cannot hold this key
  'metadata-unsupported', // the store cannot hold this metadata
  'full', // no space or quota left
  'not-a-file', // a folder, socket or device where a file was asked for
  'invalid', // the store called the request wrong: a fault of ours or an option it lacks
  'aborted', // the caller's signal fired
  'unexpected', // none of the above
] as const
export type StorageErrorKind = (typeof storageErrorKinds)[number]

/** What a person is told when this fault stands in the way of a whole address, where the usual code of its kind says less. */
export interface AddressCodes {
  readonly source: AddressCode
  readonly destination: AddressCode
  /** After "The source …": what it does and what to change, where that of the kind would mislead. */
  readonly advice?: string
}

export interface StorageErrorDetails {
  readonly kind: StorageErrorKind
  /** The same call may succeed when repeated as it is. Default: throttled, unavailable, network, timeout, premature-end. */
  readonly retryable?: boolean
  readonly retryAfterMs?: number
  /** `address`: every other key would fail alike. Default: by kind, see `addressKinds`. */
  readonly scope?: 'file' | 'address'
  /** The vendor's own code and request id, for the report. */
  readonly code?: string
  readonly requestId?: string
  readonly status?: number
  readonly addressCodes?: AddressCodes
  readonly cause?: unknown
}

const retryableKinds: ReadonlySet<StorageErrorKind> = new Set(['throttled', 'unavailable', 'network', 'timeout', 'premature-end'])
const addressKinds: ReadonlySet<StorageErrorKind> = new Set(['no-bucket', 'no-mount', 'no-folder', 'bad-access-key', 'bad-secret', 'expired', 'clock-skew', 'wrong-region', 'full', 'network', 'unavailable'])

/** `message` is the vendor's own sentence: no URL with a query, no header, no secret. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly kind: StorageErrorKind
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly scope: 'file' | 'address'
  readonly code: string | undefined
  readonly requestId: string | undefined
  readonly status: number | undefined
  readonly addressCodes: AddressCodes | undefined

  constructor(message: string, details: StorageErrorDetails) {
    super(message, { cause: details.cause })
    this.kind = details.kind
    this.retryable = details.retryable ?? retryableKinds.has(details.kind)
    this.retryAfterMs = details.retryAfterMs
    this.scope = details.scope ?? (addressKinds.has(details.kind) ? 'address' : 'file')
    this.code = details.code
    this.requestId = details.requestId
    this.status = details.status
    this.addressCodes = details.addressCodes
  }
}

export function isStorageError(error: unknown, kind?: StorageErrorKind): error is StorageError {
  return error instanceof StorageError && (kind === undefined || error.kind === kind)
}
