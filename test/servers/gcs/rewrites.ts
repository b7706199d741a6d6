/**
 * Rewriting as Google describes it, which the server behind does not do: conditions hold, a resource that is given is the whole of
 * the new object's, and what is larger than `bytesPerCall` takes several calls.
 */
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { send, sendJsonFault, type GcsFault } from './answer.ts'
import { mediaOf, store } from './behind.ts'

export interface RewriteRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
}

const form = /^(\/storage\/v1\/b\/[^/]+\/o\/[^/]+)\/rewriteTo\/b\/([^/]+)\/o\/([^/]+)$/
export const isRewrite = (path: string): boolean => form.test(path)

interface Held {
  readonly generation: string
  readonly size: string
}

const absent: GcsFault = { status: 404, reason: 'notFound', code: 'NoSuchKey', message: 'No such object: of the source' }
const changed: GcsFault = { status: 412, reason: 'conditionNotMet', code: 'PreconditionFailed', message: 'At least one of the pre-conditions you specified did not hold.' }
const otherRequest: GcsFault = { status: 400, reason: 'invalid', code: 'InvalidArgument', message: 'The rewrite token is of another request.' }

export class Rewrites {
  readonly #behind: string
  readonly #bytesPerCall: number
  /** By token: for which request, and how far. */
  readonly #begun = new Map<string, { readonly request: string; readonly bytes: number }>()

  constructor(behind: string, bytesPerCall = Infinity) {
    this.#behind = behind
    this.#bytesPerCall = bytesPerCall
  }

  async answer({ path, query, body }: RewriteRequest, response: ServerResponse): Promise<void> {
    const [, source = '', bucket = '', key = ''] = form.exec(path) ?? []
    const found = await fetch(`${this.#behind}${source}`)
    if (!found.ok) return sendJsonFault(response, absent)
    const held = (await found.json()) as Held
    const wanted = query.get('ifSourceGenerationMatch')
    if (wanted !== null && wanted !== held.generation) return sendJsonFault(response, changed)
    const bytes = this.#goOn(`${path} ${body.toString()}`, query.get('rewriteToken'))
    if (bytes === undefined) return sendJsonFault(response, otherRequest)
    if (bytes < Number(held.size)) return this.#notDone(`${path} ${body.toString()}`, bytes, held, response)
    const resource = body.length === 0 ? held : JSON.parse(body.toString())
    const condition = query.get('ifGenerationMatch')
    if (condition !== null && condition !== (await this.#generationOf(bucket, key))) return sendJsonFault(response, changed)
    const stored = await store(this.#behind, bucket, { ...resource, name: decodeURIComponent(key) }, [await mediaOf(this.#behind, source)], condition === null ? '' : `&ifGenerationMatch=${condition}`)
    if (stored.status === 412) return sendJsonFault(response, changed)
    sendJson(response, { done: true, objectSize: held.size, totalBytesRewritten: held.size, resource: await stored.json() })
  }

  /** 0: nothing is there. */
  async #generationOf(bucket: string, key: string): Promise<string> {
    const found = await fetch(`${this.#behind}/storage/v1/b/${bucket}/o/${key}`)
    return found.ok ? ((await found.json()) as Held).generation : '0'
  }

  /** Up to where the bytes are copied after this call; undefined: the token is of another request. */
  #goOn(request: string, token: string | null): number | undefined {
    if (token === null) return this.#bytesPerCall
    const begun = this.#begun.get(token)
    return begun?.request === request ? begun.bytes + this.#bytesPerCall : undefined
  }

  #notDone(request: string, bytes: number, { size }: Held, response: ServerResponse): void {
    const rewriteToken = randomUUID()
    this.#begun.set(rewriteToken, { request, bytes })
    sendJson(response, { done: false, objectSize: size, totalBytesRewritten: String(bytes), rewriteToken })
  }
}

const sendJson = (response: ServerResponse, body: object): void =>
  send(response, 200, { 'content-type': 'application/json; charset=UTF-8' }, JSON.stringify(body))
