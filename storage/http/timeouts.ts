/** How long a store may take, in milliseconds. */
export interface Timeouts {
  readonly connectMs: number
  /** From the last byte sent to the answer's headers. */
  readonly headersMs: number
  /** Stores put many parts together before they answer a Complete: several minutes, say their makers. */
  readonly completeMs: number
  /** Between two chunks of an answer. */
  readonly bodyMs: number
}
export const usualTimeouts: Timeouts = { connectMs: 10_000, headersMs: 30_000, completeMs: 10 * 60_000, bodyMs: 60_000 }
