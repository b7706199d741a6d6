/** Runs an activity's body under a heartbeat, and tells apart the two ways in which it may have to end. */
import { Context } from '@temporalio/activity'
import { toFailure } from './failure.ts'

export interface Ending {
  /** End soon at a piece boundary and answer with what was done: stop, cancel, shutdown of this worker. */
  readonly cut: AbortSignal
  /** The attempt does not count any more: touch nothing, write nothing. */
  readonly abort: AbortSignal
}

export async function beating<T>(everyMs: number, details: () => unknown, body: (ending: Ending) => Promise<T>): Promise<T> {
  const context = Context.current()
  const cut = new AbortController()
  const abort = new AbortController()
  const end = (): void => {
    const why = context.cancellationDetails
    if (why?.notFound === true || why?.timedOut === true || why?.reset === true) abort.abort()
    cut.abort()
  }
  context.cancellationSignal.addEventListener('abort', end, { once: true })
  const timer = setInterval(() => context.heartbeat(details()), everyMs)
  try {
    context.heartbeat(details())
    return await body({ cut: cut.signal, abort: abort.signal })
  } catch (error) {
    throw toFailure(error, context.cancellationSignal.aborted)
  } finally {
    clearInterval(timer)
    context.cancellationSignal.removeEventListener('abort', end)
  }
}
