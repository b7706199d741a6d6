import { setTimeout as delay } from 'node:timers/promises'

export interface PutWatch {
  /** As last seen. */
  count(): number
  samples(): readonly { readonly at: number; readonly count: number }[]
  /** Returns the count at the end. */
  stop(): Promise<number>
}

const everyMs = 50

/** Looks at a count again and again, to know afterwards when how many had been made. */
export function watchPuts(look: () => Promise<number>): PutWatch {
  const samples = [{ at: Date.now(), count: 0 }]
  let stopped = false
  const watching = (async () => {
    while (!stopped) {
      samples.push({ at: Date.now(), count: await look() })
      await delay(everyMs)
    }
  })()
  const count = (): number => samples.at(-1)?.count ?? 0
  return {
    count,
    samples: () => samples,
    async stop() {
      stopped = true
      await watching
      samples.push({ at: Date.now(), count: await look() })
      return count()
    },
  }
}

/** How many were made in the last so many milliseconds. */
export function putsBefore(watch: PutWatch, ms: number): number {
  const earlier = watch.samples().findLast(({ at }) => at <= Date.now() - ms)
  return watch.count() - (earlier?.count ?? 0)
}
