import { toBytes, type ByteString } from './bytes.ts'
import type { StoreRequest } from './request.ts'

/** What goes wrong, for the requests that match. Several rules may meet in one request. Plain JSON. */
export interface FaultRule {
  /** Default: a number. A rule added under an id that exists replaces it. */
  readonly id?: string
  /** Operation names; default all. */
  readonly operation?: string | readonly string[]
  readonly bucket?: string
  readonly key?: string
  readonly keyPrefix?: string
  readonly accessKeyId?: string
  readonly partNumber?: number
  /** Lets so many matching requests pass first. Default 0. */
  readonly skip?: number
  /** Only every so-manyth matching request. Default 1. */
  readonly every?: number
  /** Ends after so many. Default: never. */
  readonly times?: number
  /** Only what comes faster than so many a second: as a store throttles. */
  readonly aboveRate?: number
  readonly do: FaultAction
}

export type FaultAction =
  /** Refuses before anything is looked at. Status and message default to the code's own. */
  | {
      readonly kind: 'error'
      readonly code: string
      readonly status?: number
      readonly message?: string
      readonly retryAfterSeconds?: number
    }
  /** Status 200 with an error document; nothing is done. */
  | { readonly kind: 'error-in-200'; readonly code: string }
  /** Breaks the connection (RST): before anything, after so many bytes of the request's body, or of the answer's. */
  | { readonly kind: 'reset'; readonly at: 'start' | 'request' | 'answer'; readonly afterBytes?: number }
  /** Ends the connection properly after so many bytes of the answer's body, short of what was announced. */
  | { readonly kind: 'short-body'; readonly bytes: number }
  /** Never answers, or stops after so many bytes of the answer's body. */
  | { readonly kind: 'stall'; readonly afterBytes?: number }
  /** Flips the lowest bit of one byte of the request's body as it is taken in, or of the answer's. */
  | { readonly kind: 'flip'; readonly in: 'request' | 'answer'; readonly at?: number }
  /** Does the work, then breaks the connection instead of answering. */
  | { readonly kind: 'lose-answer' }
  /** States another checksum than the right one. */
  | { readonly kind: 'wrong-crc64' }
  /** Sets a header of the answer; null leaves it out. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'ignore-range' }
  | { readonly kind: 'latency'; readonly ms: number }
  /** Waits until the rule is removed: before anything is looked at, or once the work is done. Then goes on, or breaks the connection. */
  | { readonly kind: 'hold'; readonly at: 'start' | 'answer'; readonly release: 'go-on' | 'break' }
  /** Bodies pass at this rate, both ways. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }

export type FaultKind = FaultAction['kind']
export type ActionOf<K extends FaultKind> = Extract<FaultAction, { kind: K }>

interface ActiveRule {
  readonly rule: FaultRule
  readonly key: ByteString | undefined
  readonly keyPrefix: ByteString | undefined
  readonly removed: PromiseWithResolvers<void>
  seen: number
  hits: number
  /** What may still pass of `aboveRate`. */
  tokens: number
  tokensAtMs: number
}

export class Faults {
  readonly #rules = new Map<string, ActiveRule>()
  #next = 1

  /** Answers the rule's id. */
  add(rule: FaultRule): string {
    const id = rule.id ?? String(this.#next++)
    const { key, keyPrefix } = rule
    this.remove(id)
    this.#rules.set(id, {
      rule,
      key: key === undefined ? undefined : toBytes(key),
      keyPrefix: keyPrefix === undefined ? undefined : toBytes(keyPrefix),
      removed: Promise.withResolvers(),
      seen: 0,
      hits: 0,
      tokens: 0,
      tokensAtMs: 0,
    })
    return id
  }

  remove(id: string): void {
    this.#rules.get(id)?.removed.resolve()
    this.#rules.delete(id)
  }

  clear(): void {
    for (const id of this.#rules.keys()) this.remove(id)
  }

  /** How often a rule has struck. */
  hits(id: string): number {
    return this.#rules.get(id)?.hits ?? 0
  }

  /** Resolves once the rule of this action is there no more. */
  async untilRemoved(action: FaultAction): Promise<void> {
    const active = [...this.#rules.values()].find(({ rule }) => rule.do === action)
    await active?.removed.promise
  }

  list(): (FaultRule & { id: string; hits: number })[] {
    return Array.from(this.#rules, ([id, { rule, hits }]) => ({ ...rule, id, hits }))
  }

  /** The actions that strike this request; counts them. */
  strike(request: StoreRequest, operation: string): FaultAction[] {
    const actions: FaultAction[] = []
    for (const active of this.#rules.values())
      if (matches(active, request, operation) && due(active)) actions.push(active.rule.do)
    return actions
  }
}

function due(active: ActiveRule): boolean {
  const { skip = 0, every = 1, times = Infinity } = active.rule
  const seen = active.seen++
  if (seen < skip || (seen - skip) % every !== 0 || active.hits >= times || passes(active)) return false
  active.hits++
  return true
}

/** A bucket that holds what comes in a tenth of a second. */
function passes(active: ActiveRule): boolean {
  const { aboveRate } = active.rule
  if (aboveRate === undefined) return false
  const nowMs = performance.now()
  active.tokens = Math.min(1 + aboveRate / 10, active.tokens + ((nowMs - active.tokensAtMs) * aboveRate) / 1_000)
  active.tokensAtMs = nowMs
  if (active.tokens < 1) return false
  active.tokens--
  return true
}

function matches({ rule, key, keyPrefix }: ActiveRule, request: StoreRequest, operation: string): boolean {
  if (rule.operation !== undefined && ![rule.operation].flat().includes(operation)) return false
  if (rule.bucket !== undefined && rule.bucket !== request.bucket) return false
  if (key !== undefined && key !== request.key) return false
  if (keyPrefix !== undefined && request.key?.startsWith(keyPrefix) !== true) return false
  if (rule.partNumber !== undefined && String(rule.partNumber) !== request.query.get('partNumber')) return false
  return rule.accessKeyId === undefined || namesKey(request, rule.accessKeyId)
}

const namesKey = (request: StoreRequest, id: string): boolean => request.door.credential(request).some(text => text?.includes(id))

export const actionOf = <K extends FaultKind>(actions: readonly FaultAction[], kind: K): ActionOf<K> | undefined =>
  actions.find((action): action is ActionOf<K> => action.kind === kind)
