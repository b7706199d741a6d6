import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import { authorize } from './auth/authorize.ts'
import type { Context } from './context.ts'
import { Counters } from './counters.ts'
import type { Dialect, Door, ErrorRequest } from './dialect.ts'
import { errorAnswer } from './error-answer.ts'
import { StoreError, toStoreError } from './error.ts'
import { actionOf, Faults, type ActionOf, type FaultAction } from './faults.ts'
import { operationOf, type Operation } from './operation.ts'
import type { AccessKey, BucketOptions, ServerOptions } from './options.ts'
import { ClientGone } from './receive.ts'
import { doorOf, parseRequest, targetOf, type HostRules, type StoreRequest } from './request.ts'
import { RequestLog, type LoggedRequest } from './request-log.ts'
import { send } from './send.ts'
import { Store } from './store/store.ts'

/** A store without the socket: state, and what happens with one request. */
export class StoreService {
  readonly dialect: Dialect
  readonly region: string
  readonly store: Store
  readonly counters: Counters
  readonly faults = new Faults()
  readonly log = new RequestLog()
  readonly #hosts: HostRules
  readonly #clock: () => number
  readonly #requestIds = requestIds()
  #keys = new Map<string, AccessKey>()
  #restoreDelayMs: number
  #clockOffsetMs = 0

  constructor(dialect: Dialect, options: ServerOptions) {
    this.dialect = dialect
    this.region = options.region ?? dialect.defaultRegion
    this.store = options.dir === undefined ? Store.inMemory() : Store.onDisk(options.dir)
    this.#clock = options.now ?? Date.now
    this.#restoreDelayMs = options.restoreDelayMs ?? 1000
    this.#hosts = { region: this.region, cnames: options.cnames ?? {} }
    this.counters = new Counters(Date.now)
    this.setKeys(options.keys)
    for (const bucket of options.buckets) this.addBucket(bucket)
  }

  addBucket({ name, region = this.region, storageClass = this.dialect.storageClasses.standard }: BucketOptions): void {
    if (!this.store.bucket(name))
      this.store.putBucket({ name, region, storageClass, createdMs: Math.floor(this.#now() / 1000) * 1000 })
  }

  setKeys(keys: readonly AccessKey[]): void {
    this.#keys = new Map(keys.map(key => [key.accessKeyId, key]))
  }

  setRestoreDelay(ms: number): void {
    this.#restoreDelayMs = ms
  }

  setClockOffset(ms: number): void {
    this.#clockOffsetMs = ms
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = this.#requestIds()
    const door = doorOf(message, this.dialect, this.#hosts)
    response.setHeader(door.requestIdHeader ?? `${door.prefix}request-id`, requestId)
    response.setHeader('Server', this.dialect.server)
    response.once('close', () => this.counters.answered(response.headersSent ? response.statusCode : 'none'))
    let request: StoreRequest
    try {
      request = parseRequest(message, requestId, this.dialect, this.#hosts)
    } catch (error) {
      this.counters.request('Unknown')
      return sendPlain(response, this.#errorAnswer(door, error, unparsed(message, requestId)))
    }
    const operation = operationOf(request)
    this.counters.request(operation ?? 'Unknown')
    const logged = this.log.add(operation ?? 'Unknown', request)
    const context = this.#context(request, this.faults.strike(request, operation ?? 'Unknown'))
    try {
      await this.#serve(context, operation, response, logged)
    } catch (error) {
      if (error instanceof ClientGone) return void response.destroy()
      await send(context, response, this.#errorAnswer(door, error, request))
    }
  }

  async #serve(context: Context, operation: Operation | undefined, response: ServerResponse, logged: LoggedRequest): Promise<void> {
    const { request, faults } = context
    const hold = actionOf(faults, 'hold')
    if (hold?.at === 'start' && !(await this.#goesOn(hold, response))) return
    if (faults.length > 0) await strikeFirst(faults, response)
    if (response.destroyed) return
    const answer = await this.#answer(context, operation)
    logged.done = true
    if (hold?.at === 'answer' && !(await this.#goesOn(hold, response))) return
    if (actionOf(faults, 'lose-answer')) return void response.socket?.resetAndDestroy()
    if (response.destroyed || (request.message.destroyed && !request.message.complete)) return
    await sendHeld(context, response, answer)
  }

  async #goesOn(hold: ActionOf<'hold'>, response: ServerResponse): Promise<boolean> {
    await this.faults.untilRemoved(hold)
    if (hold.release === 'break') response.socket?.resetAndDestroy()
    return hold.release === 'go-on'
  }

  async #answer(context: Context, operation: Operation | undefined): Promise<Answer> {
    const { request, faults } = context
    const faked = actionOf(faults, 'error-in-200')
    if (faked) return { ...this.#errorAnswer(request.door, new StoreError(faked.code), { ...request, method: 'GET' }), status: 200 }
    const key = request.door.authenticate(request, { region: this.region, now: this.#now(), key: id => this.#keys.get(id) })
    if (operation === undefined)
      throw new StoreError('MethodNotAllowed', {
        extra: { Method: request.method, ResourceType: request.key === undefined ? 'Bucket' : 'Object' },
      })
    authorize(key, operation, request.bucket)
    return request.door.documents.show(await request.door.handlers[operation](context))
  }

  #errorAnswer(door: Door, error: unknown, request: ErrorRequest): Answer {
    return errorAnswer(this.dialect, door, toStoreError(error), request)
  }

  #context(request: StoreRequest, faults: readonly FaultAction[]): Context {
    return {
      request,
      faults,
      dialect: this.dialect,
      store: this.store,
      counters: this.counters,
      region: this.region,
      restoreDelayMs: this.#restoreDelayMs,
      now: () => this.#now(),
    }
  }

  #now(): number {
    return this.#clock() + this.#clockOffsetMs
  }
}

/** The faults that come before any work. */
async function strikeFirst(faults: readonly FaultAction[], response: ServerResponse): Promise<void> {
  for (const fault of faults) if (fault.kind === 'latency') await delay(fault.ms)
  if (actionOf(faults, 'reset')?.at === 'start') return void response.socket?.resetAndDestroy()
  const stall = actionOf(faults, 'stall')
  if (stall && stall.afterBytes === undefined) await new Promise(resolve => response.once('close', resolve))
  const error = actionOf(faults, 'error')
  if (!error) return
  const headers: Record<string, string> = {}
  if (error.retryAfterSeconds !== undefined) headers['Retry-After'] = String(error.retryAfterSeconds)
  const { code, status, message } = error
  throw new StoreError(code, {
    headers,
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
  })
}

/** The bytes stay while they are sent, whoever overwrites the object. */
async function sendHeld(context: Context, response: ServerResponse, answer: Answer): Promise<void> {
  const { blobs } = context.store
  const held = answer.body === undefined || Buffer.isBuffer(answer.body) ? [] : answer.body.blobs
  for (const blob of held) blobs.retain(blob)
  try {
    await send(context, response, answer)
  } finally {
    for (const blob of held) blobs.release(blob)
  }
}

function sendPlain(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers)
  response.end(Buffer.isBuffer(body) ? body : undefined)
}

const unparsed = (message: IncomingMessage, requestId: string): ErrorRequest => ({
  method: message.method ?? '',
  host: message.headers.host ?? '',
  path: targetOf(message).path,
  requestId,
})

/** 24 hex digits. */
function requestIds(): () => string {
  const start = randomBytes(6).toString('hex').toUpperCase()
  let count = 0
  return () => start + (++count).toString(16).toUpperCase().padStart(12, '0')
}
