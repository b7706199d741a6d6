/** What a person is told when a whole address is at fault: a code of PRODUCT.md §8 and a sentence, by kind and role alone. */
import type { Role } from '../model/address.ts'
import type { AddressCode, Fault } from '../model/codes.ts'
import type { StorageError, StorageErrorKind } from '../storage/error.ts'

interface Row {
  readonly source: AddressCode
  readonly destination: AddressCode
  readonly advice: string
}

const rows: Partial<Record<StorageErrorKind, Row>> = {
  'bad-access-key': { source: 'SourceAddrAccessKeyInvalid', destination: 'DestAddrAccessKeyInvalid', advice: 'Check the access key id.' },
  expired: { source: 'SourceAddrAccessKeyInvalid', destination: 'DestAddrAccessKeyInvalid', advice: 'The credentials have expired: give fresh ones.' },
  'bad-secret': { source: 'SourceAddrSecretKeyInvalid', destination: 'DestAddrSecretKeyInvalid', advice: 'Check the secret key.' },
  'clock-skew': { source: 'SourceAddrSecretKeyInvalid', destination: 'DestAddrSecretKeyInvalid', advice: "Set this machine's clock: it is too far from the store's." },
  'wrong-region': { source: 'SourceAddrRegionInvalid', destination: 'DestAddrRegionInvalid', advice: 'Give the region and endpoint in which the bucket lives.' },
  'no-bucket': { source: 'SourceAddrEndpointBucketNotMatchOrNoSuchBucket', destination: 'DestAddrBucketInvalid', advice: 'Check the bucket or path and its endpoint, or create it.' },
  forbidden: { source: 'SourceAddrEndpointBucketPermissionInvalid', destination: 'DestAddrEndpointBucketPermissionInvalid', advice: 'Give these credentials the missing right.' },
  network: { source: 'SourceAddrEndpointInvalid', destination: 'DestAddrEndpointInvalid', advice: 'Check the endpoint, and that the workers can reach it.' },
  unavailable: { source: 'SourceAddrEndpointInvalid', destination: 'DestAddrEndpointInvalid', advice: 'The store does not answer well: try again, or check the endpoint.' },
  timeout: { source: 'CheckAddressTimeOut', destination: 'CheckAddressTimeOut', advice: 'The store did not answer in time: check the endpoint and the network.' },
  full: { source: 'SourceReadDirFailed', destination: 'DestinationFull', advice: 'Make room or raise the quota.' },
  'not-a-file': { source: 'SourcePrefixIsNotDir', destination: 'DestPrefixIsNotDir', advice: 'Name a folder.' },
  archived: { source: 'UnsupportedArchiveBucket', destination: 'UnsupportedArchiveBucket', advice: 'Name a bucket that is not of an archive class.' },
}

export function addressFault(error: StorageError, role: Role): Fault {
  const row = rows[error.kind]
  const code = row?.[role] ?? (role === 'source' ? 'SourceAddrEndpointInvalid' : 'DestAddrEndpointInvalid')
  return { code, message: sentence(error, role, row?.advice) }
}

function sentence({ message, code, requestId }: StorageError, role: Role, advice = 'Check the address.'): string {
  const words = [code, message, requestId && `request ${requestId}`].filter(Boolean).join(', ')
  return `${advice} The ${role} said: ${words.slice(0, 200)}`
}

/** Faults of the whole address, for which no single file may be blamed. */
const blocking: ReadonlySet<StorageErrorKind> = new Set([
  'no-bucket', 'forbidden', 'bad-access-key', 'bad-secret', 'expired', 'clock-skew', 'wrong-region', 'full',
])

/** The reason why listing cannot go on; undefined where trying again is enough. */
export const blockingFault = (error: StorageError, role: Role = 'source'): Fault | undefined =>
  blocking.has(error.kind) ? addressFault(error, role) : undefined

/** Errors of the address book carry the fault that a person is told. */
export function faultOf(error: unknown): Fault | undefined {
  if (!(error instanceof Error) || !('fault' in error)) return undefined
  return error.fault as Fault
}
