/** What copying a file would do, found out without doing it: looks are taken, nothing is read or written. */
import type { Entry, Outcome } from '../ledger/entry.ts'
import { assertKeyFits, planFor, settledBefore } from './copy-object.ts'
import type { Engine } from './engine.ts'
import { isCopyFault } from './fault.ts'
import { lookFirst, seen, type Looker } from './look.ts'
import { failed } from './outcome.ts'

export type DryEngine = Looker & Pick<Engine, 'pieces' | 'now'>

/** `requests` at both ends that the copy itself would take. */
export type DryOutcome =
  { readonly kind: 'copy'; readonly entry: Entry; readonly requests: number } | Exclude<Outcome, { kind: 'completed' }>

export async function dryCopy(engine: DryEngine, listed: Entry): Promise<DryOutcome> {
  const settled = settledBefore(engine, listed)
  if (settled && settled.kind !== 'completed') return settled
  const startedAt = engine.now()
  try {
    assertKeyFits(engine, listed)
    const entry = await seen(engine, listed)
    const look = await lookFirst(engine, entry)
    if (look.kind === 'skip')
      return { kind: 'skipped', key: entry.key, size: entry.size, mtimeMs: entry.mtimeMs, reason: look.reason }
    return { kind: 'copy', entry, requests: requestsFor(engine, entry) }
  } catch (error) {
    if (!isCopyFault(error)) throw error
    return failed(listed, error, startedAt, engine.now()) as DryOutcome
  }
}

/** One GET and one PUT; in parts: a HEAD, a GET and a PUT a part, and the upload's beginning and end. */
function requestsFor(engine: DryEngine, { kind, size }: Entry): number {
  if (kind === 'directory') return 1
  const plan = planFor(engine, size)
  return plan.kind === 'whole' ? 2 : 3 + 2 * plan.parts
}
