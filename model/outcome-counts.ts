/** What a batch's outcomes come to. */
import type { FileErrorCode } from './codes.ts'
import { addFailures, noTally, type Counts, type FailureCounts } from './status.ts'

/** As much of a ledger row as counting needs. */
export type Counted = { readonly size: number } & (
  | { readonly kind: 'completed'; readonly verified: boolean; readonly crc64?: string }
  | { readonly kind: 'skipped' | 'excluded' }
  | { readonly kind: 'failed'; readonly code: FileErrorCode }
)

export function countsOf(outcomes: readonly Counted[]): Counts {
  const tallies = { completed: { ...noTally }, skipped: { ...noTally }, failed: { ...noTally }, excluded: { ...noTally } }
  let [unverified, withoutCrc64] = [0, 0]
  for (const outcome of outcomes) {
    const tally = tallies[outcome.kind]
    tally.files += 1
    tally.bytes += outcome.size
    if (outcome.kind !== 'completed') continue
    if (!outcome.verified) unverified += 1
    if (outcome.crc64 === '') withoutCrc64 += 1
  }
  const { completed, skipped, failed } = tallies
  return { completed, skipped, failed, unverified, ...(withoutCrc64 > 0 && { withoutCrc64 }) }
}

export function failuresOf(outcomes: readonly Counted[]): FailureCounts {
  return outcomes.reduce<FailureCounts>((sum, outcome) => (outcome.kind === 'failed' ? addFailures(sum, { [outcome.code]: 1 }) : sum), {})
}
