/** How long to wait before a try is repeated: doubling with full jitter, never less than the store asked for. */
export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}
export const pieceBackoff: Backoff = { firstMs: 200, maxMs: 10_000 }

/** `attempt` counts from 1; `random` lies in [0, 1). */
export function backoffMs(attempt: number, random: number, { firstMs, maxMs }: Backoff, retryAfterMs = 0): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** (attempt - 1))
  return Math.max(retryAfterMs, Math.round(ceiling * (0.5 + random / 2)))
}
