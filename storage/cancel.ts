import { StorageError } from './error.ts'

/** For calls that cannot be called off: the signal is looked at between them. */
export function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StorageError('The caller gave up.', { kind: 'aborted' })
}

/** Who wants to hear of a signal. */
interface Listeners {
  readonly acts: Set<() => void>
  readonly onAbort: () => void
}

const listening = new WeakMap<AbortSignal, Listeners>()

/**
 * Calls `act` once the signal fires, at once where it has; not after the function that it returns was called. A signal goes through
 * all of its listeners to add one or to remove it: here it has one, however many calls are in flight.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act()
    return () => {}
  }
  const { acts, onAbort } = listening.get(signal) ?? listenTo(signal)
  acts.add(act)
  return () => {
    if (!acts.delete(act) || acts.size > 0) return
    signal.removeEventListener('abort', onAbort)
    listening.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Listeners {
  const acts = new Set<() => void>()
  const onAbort = (): void => {
    for (const act of acts) act()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  const listeners = { acts, onAbort }
  listening.set(signal, listeners)
  return listeners
}
