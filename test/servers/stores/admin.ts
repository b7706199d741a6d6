import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { FaultRule } from './faults.ts'
import type { AccessKey, BucketOptions } from './options.ts'
import type { StoreService } from './service.ts'

/**
 * The same controls for another process, unsigned, under `/-/` (no bucket can be named so) and only from this machine:
 *
 * | request | does |
 * |---|---|
 * | GET /-/counters | {total, operations, statuses, bytesIn, bytesOut} |
 * | GET /-/traffic | [{second, bytesIn, bytesOut}] |
 * | DELETE /-/counters | sets both back |
 * | GET /-/log, DELETE /-/log | the requests since the last reset, in the order in which they came; resets it |
 * | GET /-/faults | the rules with their hits |
 * | POST /-/faults | adds one rule or a list of them; answers {ids} |
 * | DELETE /-/faults, /-/faults/ID | removes all, or one |
 * | PUT /-/keys | replaces the access keys by the list given |
 * | POST /-/buckets | {name, storageClass?, region?} |
 * | PUT /-/clock | {offsetMs} |
 * | PUT /-/restore-delay | {ms} |
 */
export async function answerAdmin(service: StoreService, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, , what = '', id] = (message.url ?? '').split('/')
  const command = commands[`${message.method} ${what}${id === undefined ? '' : '/'}`]
  const body = await text(message)
  if (!command || !isLoopback(message))
    return reply(response, command ? 403 : 404, { error: command ? 'only from this machine' : 'no such control' })
  try {
    reply(response, 200, command(service, body === '' ? undefined : JSON.parse(body), id ?? ''))
  } catch (error) {
    reply(response, 400, { error: String(error) })
  }
}

export const isAdmin = (message: IncomingMessage): boolean =>
  message.url?.startsWith('/-/') === true && /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(message.headers.host ?? '')

type Command = (service: StoreService, body: unknown, id: string) => unknown

const commands: Readonly<Record<string, Command>> = {
  'GET counters': service => service.counters.counts(),
  'GET traffic': service => service.counters.traffic(),
  'DELETE counters': service => service.counters.reset(),
  'GET log': service => service.log.list(),
  'DELETE log': service => service.log.reset(),
  'GET faults': service => service.faults.list(),
  'POST faults': (service, body) => ({ ids: [body as FaultRule | FaultRule[]].flat().map(rule => service.faults.add(rule)) }),
  'DELETE faults': service => service.faults.clear(),
  'DELETE faults/': (service, _, id) => service.faults.remove(id),
  'PUT keys': (service, body) => service.setKeys(body as AccessKey[]),
  'POST buckets': (service, body) => service.addBucket(body as BucketOptions),
  'PUT clock': (service, body) => service.setClockOffset((body as { offsetMs: number }).offsetMs),
  'PUT restore-delay': (service, body) => service.setRestoreDelay((body as { ms: number }).ms),
}

const isLoopback = (message: IncomingMessage): boolean =>
  ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(message.socket.remoteAddress ?? '')

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value ?? {}))
}
