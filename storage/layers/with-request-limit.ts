import type { Storage } from '../storage.ts'
import { intercept } from './intercept.ts'
import { pause } from './pause.ts'

export interface RequestLimitOptions {
  readonly now?: () => number
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
}

/** At most so many calls a second, evenly spaced, in the order in which they came. */
export function withRequestLimit(inner: Storage, maxRequestsPerSecond: number, options: RequestLimitOptions = {}): Storage {
  const { now = () => performance.now(), wait = pause } = options
  const gapMs = 1_000 / maxRequestsPerSecond
  let nextMs = 0
  return intercept(inner, async ({ signal }, next) => {
    const startMs = Math.max(now(), nextMs)
    nextMs = startMs + gapMs
    const ms = startMs - now()
    if (ms > 0) await wait(ms, signal)
    return await next()
  })
}
