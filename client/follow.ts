/** Looks at a job again and again until it is where the caller wants it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { JobView, Tally } from '../model/status.ts'
import { describeJob, type Described } from './describe.ts'
import { TranshipError } from './errors.ts'
import type { Until } from './ended.ts'
import { createWorkerWatch, type WatchOptions } from './worker-watch.ts'

export interface FollowOptions extends WatchOptions {
  readonly onView?: (view: JobView) => void
  readonly everyMs?: number
  readonly signal?: AbortSignal
}

const patienceMs = 60_000

/** The view that satisfied `until`, or the last one when `signal` fired. Fails `JobNotExist`, `NoWorker`, `NoServer`. */
export async function followJob(client: Client, job: string, until: Until, options: FollowOptions): Promise<JobView> {
  const watch = createWorkerWatch(client, options)
  const look = patiently(() => describeJob(client, job), options)
  let last: JobView | undefined
  for (;;) {
    const described = await look()
    if (!described) throw new TranshipError('JobNotExist', `There is no job "${job}" any more.`)
    const view: JobView = last ? neverFalling(last, described.view) : described.view
    last = view
    options.onView?.(view)
    if (options.signal?.aborted || until(view, described.open)) return view
    if (described.open) await watch.observe(described.idle)
    await delay(options.everyMs ?? 500, undefined, { signal: options.signal }).catch(() => undefined)
  }
}

/** A batch that ended leaves its heartbeat before the job's own counters hold it: what was seen done stays done. */
function neverFalling(before: JobView, now: JobView): JobView {
  if (now.status !== 'Migrating' || before.run !== now.run) return now
  const later = (a: Tally, b: Tally): Tally => (a.files > b.files ? a : b)
  return {
    ...now,
    completed: later(before.completed, now.completed),
    skipped: later(before.skipped, now.skipped),
    failed: later(before.failed, now.failed),
  }
}

/** A server that is away for a moment is waited for. */
function patiently(look: () => Promise<Described | undefined>, { onNotice }: WatchOptions): typeof look {
  return async () => {
    const deadline = Date.now() + patienceMs
    for (let tries = 0; ; tries++) {
      try {
        return await look()
      } catch (error) {
        if (Date.now() > deadline)
          throw new TranshipError(
            'NoServer',
            'Temporal does not answer any more.',
            'The job goes on when it does: follow it again then.',
          )
        if (tries === 0)
          onNotice(`Temporal does not answer (${error instanceof Error ? error.message : String(error)}): trying for a minute.`)
        await delay(1_000)
      }
    }
  }
}
