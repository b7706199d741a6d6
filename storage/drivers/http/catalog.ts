import type { CallOptions } from '../../storage.ts'
import { aborted } from '../../retrying.ts'
import { toListError } from './error.ts'
import type { ListSource } from './list-source.ts'
import { indexList, type UrlList } from './url-list.ts'

/** Whether a list is still the same is looked at no more often, but where a listing begins. */
const freshMs = 5_000

/** The list that an address stands for, indexed once and again when it has changed. */
export class Catalog {
  readonly #source: ListSource
  readonly #now: () => number
  #current: UrlList | undefined
  /** Calls under way may still read it. */
  #previous: UrlList | undefined
  #checkedAtMs = -Infinity
  #opening: Promise<UrlList> | undefined

  constructor(source: ListSource, now: () => number = Date.now) {
    this.#source = source
    this.#now = now
  }

  get name(): string {
    return this.#source.name
  }

  /** `anew`: whether it changed is looked at in any case. */
  async list({ anew = false, signal }: CallOptions & { readonly anew?: boolean }): Promise<UrlList> {
    if (this.#current && !anew && this.#now() - this.#checkedAtMs < freshMs) return this.#current
    this.#opening ??= this.#renew().catch(this.#fail).finally(() => (this.#opening = undefined))
    return await unlessAborted(this.#opening, signal)
  }

  readonly #fail = (error: unknown): never => {
    throw toListError(error, this.name)
  }

  /** Others may wait for it too: no caller's signal ends it. */
  async #renew(): Promise<UrlList> {
    const checkedAtMs = this.#now()
    if (this.#current?.version !== (await this.#source.version())) {
      const next = await indexList(await this.#source.open(), this.name)
      await this.#previous?.close()
      this.#previous = this.#current
      this.#current = next
    }
    this.#checkedAtMs = checkedAtMs
    return this.#current as UrlList
  }

  async close(): Promise<void> {
    await this.#previous?.close()
    await this.#current?.close()
    await this.#source.close()
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  const stop = Promise.withResolvers<never>()
  const onAbort = (): void => stop.reject(aborted())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  work.catch(() => undefined)
  return await Promise.race([work, stop.promise]).finally(() => signal.removeEventListener('abort', onAbort))
}
