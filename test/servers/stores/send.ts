import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer, Content } from './answer.ts'
import type { Context } from './context.ts'
import { actionOf } from './faults.ts'
import { KiB } from './options.ts'
import { flipBit } from './receive.ts'
import type { Blobs } from './store/blobs.ts'

const windowBytes = 256 * KiB

/** Sends an answer as the faults of its request leave it. */
export async function send(context: Context, response: ServerResponse, answer: Answer): Promise<void> {
  const headers = spoilHeaders(context, answer.headers)
  const { body } = answer
  const length = body === undefined ? 0 : body.length
  if (answer.status !== 204 && answer.status !== 304) headers['Content-Length'] ??= String(length)
  response.writeHead(answer.status, headers)
  if (context.request.method === 'HEAD' || body === undefined || length === 0) return void response.end()
  if (Buffer.isBuffer(body) && context.faults.length === 0) {
    context.counters.sent(length)
    return void response.end(body)
  }
  await sendSpoiled(context, response, chunksOf(context.store.blobs, body))
}

function spoilHeaders({ faults }: Context, headers: Readonly<Record<string, string>>): Record<string, string> {
  const result = { ...headers }
  if (faults.length === 0) return result
  if (actionOf(faults, 'wrong-crc64'))
    for (const name of Object.keys(result)) if (/crc(32|64)/.test(name)) result[name] = String(BigInt(result[name] ?? 0) ^ 1n)
  for (const fault of faults) {
    if (fault.kind !== 'header') continue
    for (const name of Object.keys(result)) if (name.toLowerCase() === fault.name.toLowerCase()) delete result[name]
    if (fault.value !== null) result[fault.name] = fault.value
  }
  return result
}

/** The bytes in windows; releasing the blobs meanwhile needs `retain` first. */
export function* chunksOf(blobs: Blobs, body: Buffer | Content): Generator<Buffer> {
  if (Buffer.isBuffer(body)) return yield body
  let skip = body.first
  let left = body.length
  for (const blob of body.blobs) {
    if (left === 0) return
    if (skip >= blob.size) {
      skip -= blob.size
      continue
    }
    const length = Math.min(blob.size - skip, left)
    yield* windows(blobs, blob, skip, length)
    skip = 0
    left -= length
  }
}

function* windows(blobs: Blobs, blob: Content['blobs'][number], first: number, length: number): Generator<Buffer> {
  const reader = blobs.open(blob)
  try {
    for (let done = 0; done < length; done += windowBytes) yield reader.read(first + done, Math.min(windowBytes, length - done))
  } finally {
    reader.close()
  }
}

async function sendSpoiled(context: Context, response: ServerResponse, chunks: Iterable<Buffer>): Promise<void> {
  const { faults, counters } = context
  const flip = actionOf(faults, 'flip')
  const slow = actionOf(faults, 'slow')
  const end = endOf(context)
  let sent = 0
  for (const whole of chunks) {
    const flipped = flip?.in === 'answer' ? flipBit(whole, (flip.at ?? 0) - sent) : whole
    const chunk = flipped.subarray(0, Math.max(0, end.afterBytes - sent))
    sent += chunk.length
    counters.sent(chunk.length)
    if (!(await write(response, chunk))) return
    if (sent >= end.afterBytes) return end.strike(response)
    if (slow) await delay((chunk.length / slow.bytesPerSecond) * 1000)
  }
  response.end()
}

/** Where the answer's body breaks off, and how. */
function endOf({ faults }: Context): { afterBytes: number; strike(response: ServerResponse): void } {
  const short = actionOf(faults, 'short-body')
  if (short) return { afterBytes: short.bytes, strike: response => void response.socket?.end() }
  const reset = actionOf(faults, 'reset')
  if (reset?.at === 'answer')
    return {
      afterBytes: reset.afterBytes ?? 0,
      strike: response => void delay(10).then(() => response.socket?.resetAndDestroy()),
    }
  const stall = actionOf(faults, 'stall')
  if (stall) return { afterBytes: stall.afterBytes ?? 0, strike: () => undefined }
  return { afterBytes: Infinity, strike: () => undefined }
}

/** Resolves when there is room for more; false when the client is gone. */
function write(response: ServerResponse, chunk: Buffer): Promise<boolean> | boolean {
  if (response.destroyed) return false
  if (chunk.length === 0 || response.write(chunk)) return true
  return new Promise(resolve => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle)
      resolve(!response.destroyed)
    }
    response.on('drain', settle).on('close', settle)
  })
}
