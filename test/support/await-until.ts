import { setTimeout as delay } from 'node:timers/promises'

export interface AwaitOptions {
  readonly timeoutMs?: number
  readonly everyMs?: number
  /** Said when the time is over. */
  readonly what?: string
}

/** Polls until `look` gives something truthy and returns it. A throw counts as "not yet", and is the cause if time runs out. */
export async function awaitUntil<T>(
  look: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 50, what = look.toString() }: AwaitOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let cause: unknown
    try {
      const seen = await look()
      if (seen) return seen as Exclude<T, false | null | undefined | 0 | ''>
    } catch (error) {
      cause = error
    }
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`, { cause })
    await delay(everyMs)
  }
}
