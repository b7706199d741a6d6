/** How many bytes a URL has, also where its server does not say. */
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { CallOptions } from '../../storage.ts'
import { announcedBytes } from './info.ts'
import type { Web } from './web.ts'

const mostKept = 1_000

/** Of bodies that come without Content-Length: read once to the end and counted, then known while ETag and time stay. */
export class Sizes {
  readonly #web: Web
  readonly #measured = new Map<string, { readonly version: string; readonly size: number }>()

  constructor(web: Web) {
    this.#web = web
  }

  /** Undefined: measure it. */
  of(url: string, headers: ReceivedHeaders): number | undefined {
    const announced = announcedBytes(headers)
    if (announced !== undefined) return announced
    const known = this.#measured.get(url)
    return known?.version === versionOf(headers) ? known.size : undefined
  }

  async measure(url: string, { signal }: CallOptions): Promise<number> {
    let size = 0
    const count = (chunk: Uint8Array): void => void (size += chunk.length)
    const { headers } = await this.#web.send({ method: 'GET', url, onAnswer: () => count, ...(signal && { signal }) })
    this.#measured.delete(url)
    this.#measured.set(url, { version: versionOf(headers), size })
    const [oldest] = this.#measured.keys()
    if (this.#measured.size > mostKept && oldest !== undefined) this.#measured.delete(oldest)
    return size
  }
}

const versionOf = (headers: ReceivedHeaders): string => `${header(headers, 'etag') ?? ''} ${header(headers, 'last-modified') ?? ''}`
