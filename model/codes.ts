/** Codes of addresses and jobs, PRODUCT.md §8: what a person or script is told when something is refused. */
export const jobCodes = [
  'DuplicateSourceDestination', 'SourceDestinationShouldNotSame', 'InvalidJobName', 'JobAlreadyExist', 'JobNotExist',
  'InvalidJobStatusForCurrentOperation', 'RetryExceedMaxCount', 'CouldNotCreateNewReport', 'InvalidParameters', 'SourceEmpty',
  'NoServer', 'NoWorker', 'Cancelled', 'Terminated', 'TooManyFailed', 'AccountingMismatch', 'Unexpected',
] as const
export type JobCode = (typeof jobCodes)[number]

/** The same fault at either end has one name with `Source…` or `Dest…` before it. */
export const addressCodes = [
  'AddressNotExist', 'AddressIncomplete', 'CheckAddressTimeOut', 'OssAccessDenied', 'UnsupportedArchiveBucket', 'DestinationFull',
  'SourceAddrAccessKeyInvalid', 'DestAddrAccessKeyInvalid', 'SourceAddrSecretKeyInvalid', 'DestAddrSecretKeyInvalid',
  'SourceAddrRegionInvalid', 'DestAddrRegionInvalid', 'SourceAddrPrefixInvalid', 'DestAddrPrefixInvalid',
  'SourceAddrEndpointBucketNotMatchOrNoSuchBucket', 'DestAddrBucketInvalid', 'SourceAddrEndpointInvalid', 'DestAddrEndpointInvalid',
  'SourceAddrEndpointBucketPermissionInvalid', 'DestAddrEndpointBucketPermissionInvalid',
  'SourceAddrPathInvalid', 'DestAddrPathInvalid', 'SourcePrefixIsNotDir', 'DestPrefixIsNotDir', 'SourceReadDirFailed', 'DestReadDirFailed',
  'SourceMountNasFailed', 'DestMountNasFailed', 'SourceAddrHasUnsupportedChar', 'DestAddrHasUnsupportedChar',
  'AzureSourceConnStrAccountInvalid', 'AzureDestConnStrAccountInvalid', 'AzureSourceAddrContainerInvalid', 'AzureDestAddrContainerInvalid',
  'SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat',
  'SourceKeyFileBucketNotMatchedOrPermission', 'DestKeyFileBucketNotMatchedOrPermission',
  'SourceAddrListFilePathNotExist', 'SourceAddrBadHttpListFormat', 'SourceAddrCannotConnectUrl',
  'SourceAddrUserDoesNotExist', 'DestAddrUserDoesNotExist', 'SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid',
  'SourceAddrServiceInvalid', 'DestAddrServiceInvalid', 'SourceAddrCdnInvalid', 'DestAddrCdnInvalid',
  'SourceAddrHostKeyInvalid', 'DestAddrHostKeyInvalid', 'SourceThrottled', 'DestThrottled',
] as const
export type AddressCode = (typeof addressCodes)[number]

/** Codes in `_error_list`. */
export const fileErrorCodes = [
  'SourceThrottled', 'SourceChanged', 'SourceGone', 'SizeMismatch', 'ChecksumMismatch', 'PrematureEnd', 'DestinationNewer',
  'Forbidden', 'Archived', 'MetadataUnsupported', 'KeyUnsupported', 'TooLarge', 'DestinationFull', 'Network', 'NotAttempted', 'Unexpected',
] as const
export type FileErrorCode = (typeof fileErrorCodes)[number]

export interface Fault {
  readonly code: JobCode | AddressCode
  /** One sentence that says what to change. */
  readonly message: string
}
