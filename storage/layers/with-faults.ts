import { StorageError, type StorageErrorDetails } from '../error.ts'
import type { Sink, Storage } from '../storage.ts'
import { forward, intercept, type Call, type Operation } from './intercept.ts'

/** What goes wrong, for the calls that match. */
export interface Fault {
  /** Default: all. */
  readonly operation?: Operation | readonly Operation[]
  readonly key?: string | RegExp
  /** So many matching calls pass first. Default 0. */
  readonly skip?: number
  /** Ends after so many. Default: never. */
  readonly times?: number
  readonly do: FaultAction
}

export type FaultAction =
  /** Fails instead of doing anything. */
  | { readonly kind: 'fail'; readonly error: StorageErrorDetails }
  /** Does the work, then fails. */
  | { readonly kind: 'lose-answer'; readonly error: StorageErrorDetails }
  /** Begins only once the promise is settled. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** A `get` gives so many bytes and then fails. */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly error: StorageErrorDetails }
  /** A `get` gives the byte at this place with its lowest bit flipped. */
  | { readonly kind: 'flip'; readonly at: number }

/** The faults in force; tests add and clear them while calls go on. */
export class Faults {
  readonly #active: { readonly fault: Fault; seen: number; struck: number }[] = []

  add(...faults: Fault[]): this {
    this.#active.push(...faults.map((fault) => ({ fault, seen: 0, struck: 0 })))
    return this
  }

  clear(): void {
    this.#active.length = 0
  }

  /** How often faults struck. */
  get struck(): number {
    return this.#active.reduce((sum, { struck }) => sum + struck, 0)
  }

  /** What strikes this call; counts it. */
  strike(call: Pick<Call, 'operation' | 'key'>): FaultAction[] {
    return this.#active.flatMap((active) => {
      const { fault } = active
      if (!matches(fault, call) || active.seen++ < (fault.skip ?? 0) || active.struck >= (fault.times ?? Infinity)) return []
      active.struck++
      return [fault.do]
    })
  }
}

function matches({ operation, key }: Fault, call: Pick<Call, 'operation' | 'key'>): boolean {
  if (operation !== undefined && ![operation].flat().includes(call.operation)) return false
  if (key === undefined || call.key === undefined) return key === undefined
  return typeof key === 'string' ? key === call.key : key.test(call.key)
}

/** The seam for tests: a store that fails as it is told to. */
export function withFaults(inner: Storage, faults: Faults): Storage {
  const calls = intercept(inner, (call, next) => strikeCall(call.operation === 'get' ? [] : faults.strike(call), next))
  return {
    ...forward(calls),
    get: async (key, sink, options) => {
      const actions = faults.strike({ operation: 'get', key })
      return await strikeCall(actions, () => inner.get(key, struckSink(actions, sink), options))
    },
  }
}

async function strikeCall<T>(actions: readonly FaultAction[], next: () => Promise<T>): Promise<T> {
  for (const action of actions) {
    if (action.kind === 'fail') throw asked(action.error)
    if (action.kind === 'hold') await action.until
  }
  const result = await next()
  for (const action of actions) if (action.kind === 'lose-answer') throw asked(action.error)
  return result
}

const asked = (error: StorageErrorDetails): StorageError => new StorageError(`A test asked for ${error.kind}.`, error)

function struckSink(actions: readonly FaultAction[], sink: Sink): Sink {
  return actions.reduce<Sink>((inner, action) => {
    if (action.kind === 'cut') return cutSink(action, inner)
    return action.kind === 'flip' ? flippedSink(action, inner) : inner
  }, sink)
}

function cutSink({ afterBytes, error }: Extract<FaultAction, { kind: 'cut' }>, sink: Sink): Sink {
  let left = afterBytes
  return async (chunk) => {
    const given = chunk.subarray(0, left)
    left -= given.length
    if (given.length > 0) await sink(given)
    if (given.length < chunk.length) throw asked(error)
  }
}

function flippedSink({ at }: Extract<FaultAction, { kind: 'flip' }>, sink: Sink): Sink {
  let passed = 0
  return (chunk) => {
    const place = at - passed
    passed += chunk.length
    const copy = Uint8Array.from(chunk)
    if (place >= 0 && place < copy.length) copy[place] = (copy[place] ?? 0) ^ 1
    return sink(copy)
  }
}
