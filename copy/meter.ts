/** Bytes moved, and how fast over the last seconds. */
const windowMs = 5_000

export interface Meter {
  readonly movedBytes: number
  readonly bytesPerSecond: number
  add(bytes: number): void
}

export function makeMeter(now: () => number): Meter {
  const startedAt = now()
  const marks: { at: number; bytes: number }[] = []
  let movedBytes = 0
  const drop = (at: number) => {
    while (marks[0] && marks[0].at <= at - windowMs) marks.shift()
  }
  return {
    get movedBytes() {
      return movedBytes
    },
    get bytesPerSecond() {
      const at = now()
      drop(at)
      const elapsedMs = Math.min(windowMs, Math.max(at - startedAt, 100))
      return Math.round((marks.reduce((sum, { bytes }) => sum + bytes, 0) * 1_000) / elapsedMs)
    },
    add(bytes) {
      movedBytes += bytes
      const at = Math.floor(now() / 100) * 100
      const last = marks.at(-1)
      if (last?.at === at) last.bytes += bytes
      else marks.push({ at, bytes })
      drop(at)
    },
  }
}
