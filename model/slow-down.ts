/**
 * How fast one address may be asked in one process once its store says that it is asked too much. Pure steps; the caller has the clock.
 *
 * The first such answer halves the rate at which the store was asked; no other does before the halved rate had a chance, that is for
 * calls that began earlier. From there the rate grows by a tenth of what was too much each second, and beyond that doubles every five
 * seconds, until it is what it was before anything was refused: then nothing is limited any more. A store that says how long to
 * wait is asked nothing before that.
 */
export interface SlowDown {
  /** Calls a second that were too many; Infinity: nothing was refused, or all is well again. */
  readonly ceiling: number
  /** At which it is over. */
  readonly peak: number
  readonly cutAtMs: number
  readonly heldUntilMs: number
}

export interface Refusal {
  /** When the refused call began. */
  readonly startedMs: number
  readonly nowMs: number
  /** How fast calls were begun just before. */
  readonly usedPerSecond: number
  readonly retryAfterMs?: number
}

export const notSlowed: SlowDown = { ceiling: Infinity, peak: Infinity, cutAtMs: -Infinity, heldUntilMs: -Infinity }

/** However little a store allows: so it is asked again. */
export const leastPerSecond = 1
/** However long a store wants to be left alone. */
export const longestHoldMs = 120_000

/** Calls a second that may begin; Infinity: as many as there are. */
export function rateAt({ ceiling, peak, cutAtMs, heldUntilMs }: SlowDown, nowMs: number): number {
  if (ceiling === Infinity) return Infinity
  const seconds = Math.max(0, nowMs - Math.max(cutAtMs, heldUntilMs)) / 1_000
  const rate = seconds <= 5 ? ceiling * (0.5 + seconds / 10) : ceiling * 2 ** ((seconds - 5) / 5)
  return rate >= peak ? Infinity : Math.max(leastPerSecond, rate)
}

const lingerMs = 10_000

/** It was limited within the last moments: what is told to people does not flicker. */
export const isSlowed = (state: SlowDown, nowMs: number): boolean =>
  rateAt(state, nowMs) < Infinity || nowMs < Math.max(state.cutAtMs, state.heldUntilMs) + lingerMs

export function refuse(before: SlowDown, { startedMs, nowMs, usedPerSecond, retryAfterMs = 0 }: Refusal): SlowDown {
  const allowed = rateAt(before, nowMs)
  const heldUntilMs = Math.max(before.heldUntilMs, nowMs + Math.min(retryAfterMs, longestHoldMs))
  if (startedMs <= before.cutAtMs) return { ...before, heldUntilMs }
  const ceiling = Math.max(leastPerSecond, Math.min(allowed, usedPerSecond))
  return { ceiling, peak: allowed === Infinity ? Math.max(ceiling, 2 * leastPerSecond) : before.peak, cutAtMs: nowMs, heldUntilMs }
}
