/** The ways in which a batch may have to end before it is done, as signals for the different things that must hear of it. */
import { whenAborted } from '../storage/cancel.ts'
import type { CopyTask } from './copy-task.ts'

export interface Endings {
  /** Fires when nothing new may begin: cut, ended, or found impossible. */
  readonly halt: AbortSignal
  /** Ends what is on its way: at once when the attempt does not count any more, after a while when the batch is cut. */
  readonly end: AbortSignal
  /** Who waits for a pace must go: halted, or past the deadline. */
  readonly closing: AbortSignal
  haltNow(): void
  forget(): void
}

/** A piece that a cut finds on its way may end within this; one that hangs is given up, and begun again by who goes on. */
const usualGraceMs = 8_000
const longestTimerMs = 2 ** 31 - 1

export function makeEndings({ signal, cut, graceMs = usualGraceMs, pace, deadlineMs, now }: CopyTask): Endings {
  const [halt, end, deadline] = [new AbortController(), new AbortController(), new AbortController()]
  const timers: NodeJS.Timeout[] = []
  const after = (ms: number, act: () => void) => void timers.push(setTimeout(act, Math.min(Math.max(0, ms), longestTimerMs)))
  const stops = [
    whenAborted(signal, () => end.abort()),
    whenAborted(signal, () => halt.abort()),
    whenAborted(cut, () => halt.abort()),
    whenAborted(cut, () => after(graceMs, () => end.abort())),
  ]
  if (pace) after(deadlineMs - now(), () => deadline.abort())
  return {
    halt: halt.signal,
    end: end.signal,
    closing: AbortSignal.any([halt.signal, deadline.signal]),
    haltNow: () => halt.abort(),
    forget() {
      for (const timer of timers) clearTimeout(timer)
      for (const stop of stops) stop()
    },
  }
}
