/** How often what failed is tried again. A store that merely asks to go slower has not failed. */
export interface Tries {
  /** Failures that may pass. */
  readonly failed: number
  /** Refusals as too many, while others were answered. */
  readonly throttled: number
}
export const noTries: Tries = { failed: 0, throttled: 0 }

interface Failure {
  readonly kind: string
  readonly scope: 'file' | 'address'
}

export const maxTries = 5
/** One object that a store will not give while it gives others. */
export const maxThrottled = 30

/** A store that refuses everybody for a while is waited for: nobody's try is counted. */
export function withFailure(tries: Tries, failure: Failure | undefined): Tries {
  if (failure?.kind !== 'throttled') return { ...tries, failed: tries.failed + 1 }
  return failure.scope === 'address' ? tries : { ...tries, throttled: tries.throttled + 1 }
}

export const mayTryAgain = ({ failed, throttled }: Tries, most = maxTries): boolean => failed < most && throttled < maxThrottled
