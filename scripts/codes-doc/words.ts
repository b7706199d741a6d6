/** What docs/codes.md says of jobs and files: no vendor decides these. */
import type { FileErrorCode, JobCode } from '../../model/codes.ts'

export const jobWords: Readonly<Record<JobCode, string>> = {
  DuplicateSourceDestination: 'Source and destination are one address by name.',
  SourceDestinationShouldNotSame: 'Source and destination are one place, or one lies within the other, whatever their names.',
  InvalidJobName: 'The name is not 3 to 63 lower-case letters, digits and hyphens, or has a hyphen at an end.',
  JobAlreadyExist: 'A job of this name is there, or its reports are at the destination.',
  JobNotExist: 'There is no job of this name.',
  InvalidJobStatusForCurrentOperation: 'The job is in a status in which this cannot be done.',
  RetryExceedMaxCount: 'The job was retried 30 times.',
  CouldNotCreateNewReport: 'A report is being written, or the run ended while one was asked for.',
  InvalidParameters: 'An option or a line of tranship.yaml is wrong.',
  SourceEmpty: 'The listing is empty though an earlier run had files.',
  NoServer: 'No Temporal server answers.',
  NoWorker: 'No worker takes the job.',
  Cancelled: 'The job was cancelled.',
  Terminated: 'The job was terminated.',
  TooManyFailed: 'More files failed than --max-failed allows.',
  AccountingMismatch: 'The lists do not add up: completed, skipped and failed are not the total.',
  Unexpected: 'None of the above.',
}

/** Found by the copier itself, where no store says anything. */
export const copierWords: Readonly<Partial<Record<FileErrorCode, string>>> = {
  SizeMismatch: 'The store holds, or gave, another number of bytes than it announced',
  ChecksumMismatch: 'The source states another checksum than its bytes have, or the destination than was sent',
  SourceChanged: 'The object was changed while it was read',
  DestinationNewer: 'Something newer appeared at the destination after the job looked there',
  KeyUnsupported: 'The destination says by itself that it cannot hold this name; a row of a list that cannot be used',
  MetadataUnsupported: 'The destination cannot hold all metadata, tags or rights, and the policy is not `drop`',
  TooLarge: 'The destination takes no object of this size',
  Archived: 'It was asked to be restored a week ago, and still cannot be read',
  NotAttempted: 'The run ended before it was tried',
}
