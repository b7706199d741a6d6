/** What the error list says of a file that failed: our code, and the vendor's code, request id and words. Pure, a table. */
import type { FileErrorCode } from '../model/codes.ts'
import type { StorageError, StorageErrorKind } from './error.ts'

export type Side = 'source' | 'destination'

export interface FileError {
  readonly code: FileErrorCode
  readonly description: string
}

type Row = { readonly source: FileErrorCode; readonly destination: FileErrorCode; readonly sentence: string }
const both = (code: FileErrorCode, sentence: string): Row => ({ source: code, destination: code, sentence })

const table: Readonly<Record<StorageErrorKind, Row>> = {
  'not-found': { source: 'SourceGone', destination: 'Unexpected', sentence: 'The object is not there any more' },
  'no-bucket': both('Unexpected', 'The bucket is not there'),
  'no-mount': both('Unexpected', 'The share is not mounted'),
  'no-folder': both('Unexpected', 'The folder is not there'),
  'no-upload': both('Unexpected', 'The multipart upload is gone'),
  forbidden: both('Forbidden', 'Access is denied'),
  'bad-access-key': both('Forbidden', 'The access key is not known'),
  'bad-secret': both('Forbidden', 'The secret is wrong'),
  expired: both('Forbidden', 'The credentials have expired'),
  'clock-skew': both('Forbidden', "This machine's clock is too far from the store's"),
  'wrong-region': both('Forbidden', 'The bucket lives in another region'),
  precondition: { source: 'SourceChanged', destination: 'DestinationNewer', sentence: 'The object was changed meanwhile' },
  range: { source: 'SourceChanged', destination: 'Unexpected', sentence: 'The object is shorter than it was' },
  throttled: { source: 'SourceThrottled', destination: 'Network', sentence: 'The store asked to go slower, again and again' },
  unavailable: both('Network', 'The store did not answer properly, again and again'),
  network: both('Network', 'The connection failed, again and again'),
  timeout: both('Network', 'The store did not answer in time, again and again'),
  'premature-end': { source: 'PrematureEnd', destination: 'Network', sentence: 'Another number of bytes came than was announced' },
  checksum: both('ChecksumMismatch', 'The bytes do not have the checksum they should have'),
  archived: both('Archived', 'The object is archived and must be restored before it can be read'),
  'too-large': both('TooLarge', 'The store does not take objects of this size'),
  'key-unsupported': both('KeyUnsupported', 'The store cannot hold this name'),
  'metadata-unsupported': both('MetadataUnsupported', 'The store cannot hold this metadata'),
  full: { source: 'Unexpected', destination: 'DestinationFull', sentence: 'There is no space or quota left' },
  'not-a-file': both('Unexpected', 'It is not a file'),
  invalid: both('Unexpected', 'The store refused the request as wrong'),
  aborted: both('NotAttempted', 'The work was stopped'),
  unexpected: both('Unexpected', 'Something unexpected happened'),
}

export function fileError(error: StorageError, side: Side): FileError {
  const row = table[error.kind]
  return { code: row[side], description: `${row.sentence} (${side}): ${vendorWords(error)}` }
}

/** `AccessDenied: You have no right to … (403, request 5F3A…)`. */
export function vendorWords({ code, message, status, requestId }: StorageError): string {
  const facts = [status, requestId === undefined ? undefined : `request ${requestId}`].filter((fact) => fact !== undefined)
  return `${code === undefined ? '' : `${code}: `}${message}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
}
