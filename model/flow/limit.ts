/** Bytes a second; 0 holds, null is no limit at all. */
export type Limit = number | null

/**
 * A limit that is worth less the longer nothing was heard: whole until `fullUntilMs`, then falling to zero at `zeroAtMs`. Both are
 * moments of the clock of whoever uses it.
 */
export interface Allowance {
  readonly bytesPerSecond: Limit
  readonly fullUntilMs: number
  readonly zeroAtMs: number
}

export const lasting = (bytesPerSecond: Limit): Allowance => ({ bytesPerSecond, fullUntilMs: Infinity, zeroAtMs: Infinity })

/** No limit has no half: it is gone at `zeroAtMs` and not before. */
export function allowedAt({ bytesPerSecond, fullUntilMs, zeroAtMs }: Allowance, nowMs: number): Limit {
  if (nowMs >= zeroAtMs) return 0
  if (bytesPerSecond === null || nowMs <= fullUntilMs) return bytesPerSecond
  return (bytesPerSecond * (zeroAtMs - nowMs)) / (zeroAtMs - fullUntilMs)
}
