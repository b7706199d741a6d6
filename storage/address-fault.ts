/** A fault of a whole address, as the job's reason: code and one sentence that says what to change. Pure, a table. */
import type { AddressCode, Fault } from '../model/codes.ts'
import type { StorageError, StorageErrorKind } from './error.ts'
import { vendorWords, type Side } from './file-error.ts'

type Row = { readonly source: AddressCode; readonly destination: AddressCode; readonly advice: string }

const permission: Row = {
  source: 'SourceAddrEndpointBucketPermissionInvalid',
  destination: 'DestAddrEndpointBucketPermissionInvalid',
  advice: 'refuses access: give the key the rights it needs',
}
const endpoint: Row = {
  source: 'SourceAddrEndpointInvalid',
  destination: 'DestAddrEndpointInvalid',
  advice: 'cannot be reached: look at its endpoint and the network between',
}
const secret: Row = { source: 'SourceAddrSecretKeyInvalid', destination: 'DestAddrSecretKeyInvalid', advice: 'refuses the secret: correct it' }
const accessKey: Row = {
  source: 'SourceAddrAccessKeyInvalid',
  destination: 'DestAddrAccessKeyInvalid',
  advice: 'does not know the access key: correct it',
}

const table: Readonly<Partial<Record<StorageErrorKind, Row>>> = {
  forbidden: permission,
  'no-bucket': {
    source: 'SourceAddrEndpointBucketNotMatchOrNoSuchBucket',
    destination: 'DestAddrBucketInvalid',
    advice: 'has no such bucket: correct the name or make it',
  },
  'no-mount': { source: 'SourceMountNasFailed', destination: 'DestMountNasFailed', advice: 'is not there on the worker: mount the share or correct the path' },
  'no-folder': { source: 'SourcePrefixIsNotDir', destination: 'DestPrefixIsNotDir', advice: 'has no such folder: correct its name or make it' },
  'bad-access-key': accessKey,
  'bad-secret': secret,
  expired: { ...accessKey, advice: 'says that the credentials have expired: renew them' },
  'clock-skew': { ...secret, advice: "finds this machine's clock wrong: set it" },
  'wrong-region': { source: 'SourceAddrRegionInvalid', destination: 'DestAddrRegionInvalid', advice: 'keeps the bucket in another region: correct the region' },
  throttled: { source: 'SourceThrottled', destination: 'DestThrottled', advice: 'asks to go slower and answers nothing else: wait, or have its limit raised' },
  timeout: { source: 'CheckAddressTimeOut', destination: 'CheckAddressTimeOut', advice: 'did not answer in time: look at its endpoint and the network between' },
  'not-a-file': { source: 'SourcePrefixIsNotDir', destination: 'DestPrefixIsNotDir', advice: 'is not a folder: name one' },
  archived: {
    source: 'UnsupportedArchiveBucket',
    destination: 'UnsupportedArchiveBucket',
    advice: 'is of an archive class: name a bucket that is not',
  },
  full: { source: 'SourceReadDirFailed', destination: 'DestinationFull', advice: 'has no space or quota left: make room' },
}

export function addressFault(error: StorageError, side: Side): Fault {
  const row = table[error.kind] ?? endpoint
  return { code: (error.addressCodes ?? row)[side], message: `The ${side} ${error.addressCodes?.advice ?? row.advice}. ${vendorWords(error)}` }
}

/** Whether every other file might fail alike: such failures in a row make the copier look at the address itself. */
export const isAddressLike = ({ scope, kind }: StorageError): boolean => scope === 'address' || kind === 'forbidden'
