import { isStorageError, type StorageErrorKind } from '../error.ts'
import type { Sink, Storage } from '../storage.ts'
import { forward, intercept, type Operation } from './intercept.ts'

export interface Measure {
  readonly operation: Operation
  readonly ms: number
  readonly sentBytes: number
  /** Absent where the call succeeded. */
  readonly error?: StorageErrorKind
}

export interface Meter {
  /** A call ended. */
  called(measure: Measure): void
  /** Bytes of a `get` arrived, also of one that fails later. */
  received(bytes: number): void
}

/** Tells a meter of every call: what, how long, how many bytes, and how it ended. */
export function withMeter(inner: Storage, meter: Meter): Storage {
  const counting = (sink: Sink): Sink => (chunk) => {
    meter.received(chunk.length)
    return sink(chunk)
  }
  const timed = intercept(inner, async ({ operation, sentBytes }, next) => {
    const startedMs = performance.now()
    const measure = { operation, sentBytes, ms: 0 }
    try {
      const result = await next()
      meter.called({ ...measure, ms: performance.now() - startedMs })
      return result
    } catch (error) {
      meter.called({ ...measure, ms: performance.now() - startedMs, error: isStorageError(error) ? error.kind : 'unexpected' })
      throw error
    }
  })
  return { ...forward(timed), get: (key, sink, options) => timed.get(key, counting(sink), options) }
}

export interface OperationCounts {
  readonly calls: number
  readonly errors: number
  readonly sentBytes: number
  readonly ms: number
}

/** A meter that adds up. */
export class CountingMeter implements Meter {
  readonly #counts = new Map<Operation, OperationCounts>()
  receivedBytes = 0

  called({ operation, ms, sentBytes, error }: Measure): void {
    const sum = this.of(operation)
    this.#counts.set(operation, {
      calls: sum.calls + 1,
      errors: sum.errors + (error === undefined ? 0 : 1),
      sentBytes: sum.sentBytes + sentBytes,
      ms: sum.ms + ms,
    })
  }

  received(bytes: number): void {
    this.receivedBytes += bytes
  }

  of(operation: Operation): OperationCounts {
    return this.#counts.get(operation) ?? { calls: 0, errors: 0, sentBytes: 0, ms: 0 }
  }
}
