/** How one file ended, as a row of the ledger. */
import type { Completion, Entry, Failure, Outcome } from '../ledger/entry.ts'
import type { SkipReason } from '../model/report-row.ts'
import type { ObjectInfo } from '../storage/storage.ts'
import type { CopyFault } from './fault.ts'

type Version = Pick<ObjectInfo, 'size' | 'mtimeMs'>

const base = ({ key, size, mtimeMs }: Entry) => ({ key, size, mtimeMs })

export const skipped = (entry: Entry, reason: SkipReason): Outcome => ({ ...base(entry), kind: 'skipped', reason })

export const excluded = (entry: Entry): Outcome => ({ ...base(entry), kind: 'excluded' })

/** Size and time are those of the version that was read, whatever the listing said. */
export function completed(key: string, { size, mtimeMs }: Version, { dropped = [], ...facts }: Completion): Outcome {
  return { key, size, mtimeMs, kind: 'completed', ...facts, dropped: dropped.length === 0 ? undefined : dropped }
}

export function failed(entry: Entry, { code, message }: CopyFault, startedAt: number, endedAt: number): Outcome {
  return { ...base(entry), kind: 'failed', code, description: message, startedAt, endedAt }
}

/** What the lister decided already. */
export function failedBefore(entry: Entry, fail: Failure, now: number): Outcome {
  return { ...base(entry), kind: 'failed', startedAt: now, endedAt: now, ...fail }
}
