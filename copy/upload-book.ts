/** The batch's open uploads, and failed tries: what a successor has to know of files in the middle. */
import type { Failure, OpenUpload } from '../ledger/entry.ts'
import type { Tries } from '../model/tries.ts'
import type { Part } from '../storage/storage.ts'

export interface UploadBook {
  find(key: string): OpenUpload | undefined
  /** Resolves once the upload is in a checkpoint: only then may its first part be sent. */
  open(upload: OpenUpload): Promise<void>
  addPart(key: string, part: Part, verified: boolean): void
  /** Its parts cannot all be sent: whoever completes it must look why. */
  spoil(key: string, fault: Failure): void
  close(key: string): void
  /** Tries of this key that failed before this call. */
  triesBefore(key: string): Tries
  /** The batch is cut while this file is between two tries. */
  keepTries(key: string, tries: Tries): void
}
