/** Lists and decides as a job would, in this process and without Temporal: nothing is written at either end. */
import { dryCopy, type DryEngine, type DryOutcome } from '../copy/dry-copy.ts'
import { makePiecePool } from '../copy/piece-pool.ts'
import { makeRequestPool } from '../copy/request-pool.ts'
import { decideSource } from '../listing/decide-source.ts'
import type { Role } from '../model/address.ts'
import { comparisonOf } from '../model/decision.ts'
import { eachOf } from '../model/each-of.ts'
import type { JobOptions } from '../model/job.ts'
import { addTally, noTally, type Tally } from '../model/status.ts'
import type { Storage } from '../storage/storage.ts'
import { orFault } from './open-here.ts'

export type { DryOutcome } from '../copy/dry-copy.ts'

export interface DryRunTask {
  readonly source: Storage
  readonly destination: Storage
  readonly options: JobOptions
  readonly signal: AbortSignal
  /** Each file once; excluded ones only with `listExcluded`. */
  readonly onOutcome: (outcome: DryOutcome) => void | Promise<void>
}

export interface DryRunResult {
  readonly excluded: Tally
  /** At both ends, to copy what would be copied. */
  readonly requests: number
}

const looksAtOnce = 32

/** Fails with an AddressFault where an end cannot be listed. */
export async function dryRun(task: DryRunTask): Promise<DryRunResult> {
  const { source, destination, options, signal, onOutcome } = task
  await reach(source, 'source', signal)
  await reach(destination, 'destination', signal)
  const engine: DryEngine = {
    source,
    destination,
    options,
    signal,
    now: Date.now,
    comparison: comparisonOf(source, destination, options),
    pool: makeRequestPool(looksAtOnce),
    pieces: makePiecePool(),
  }
  let excluded = noTally
  let requests = 0
  for await (const page of decideSource(source, destination, { options, signal })) {
    excluded = addTally(excluded, page.excluded)
    await eachOf(page.entries, looksAtOnce, async (entry) => {
      const outcome = await dryCopy(engine, entry)
      if (outcome.kind === 'copy') requests += outcome.requests
      await onOutcome(outcome)
    })
  }
  return { excluded, requests }
}

async function reach(storage: Storage, role: Role, signal: AbortSignal): Promise<void> {
  await orFault(role, storage.list({ limit: 1, signal }))
}
