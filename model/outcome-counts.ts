/** What a batch's outcomes come to. */
import type { FileErrorCode } from './codes.ts'
import { addCounts, addFailures, noCounts, type Counts, type FailureCounts } from './status.ts'

/** As much of a ledger row as counting needs. */
export type Counted = { readonly size: number } & (
  | { readonly kind: 'completed'; readonly verified: boolean; readonly crc64?: string }
  | { readonly kind: 'skipped' | 'excluded' }
  | { readonly kind: 'failed'; readonly code: FileErrorCode }
)

export function countsOf(outcomes: readonly Counted[]): Counts {
  return outcomes.reduce((counts, outcome) => addCounts(counts, countOf(outcome)), noCounts)
}

function countOf(outcome: Counted): Counts {
  const tally = { files: 1, bytes: outcome.size }
  switch (outcome.kind) {
    case 'completed':
      return { ...noCounts, completed: tally, unverified: outcome.verified ? 0 : 1, ...(outcome.crc64 === '' && { withoutCrc64: 1 }) }
    case 'skipped':
      return { ...noCounts, skipped: tally }
    case 'failed':
      return { ...noCounts, failed: tally }
    case 'excluded':
      return noCounts
  }
}

export function failuresOf(outcomes: readonly Counted[]): FailureCounts {
  return outcomes.reduce<FailureCounts>((sum, outcome) => (outcome.kind === 'failed' ? addFailures(sum, { [outcome.code]: 1 }) : sum), {})
}
