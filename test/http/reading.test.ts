import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Reading } from '../../storage/http/reading.ts'
import type { Answer } from '../../storage/http/transport.ts'
import { printedSeed } from '../support/seed.ts'

const seed = printedSeed('answers in pieces')

interface Ended {
  readonly text: string
  readonly answer?: Answer
  readonly keepAliveMs?: number
  readonly error?: unknown
}

/** Gives an answer's bytes in chunks, each in a buffer that is overwritten at once, as a socket's is. */
function readIn(chunks: readonly Buffer[], { sink = true, closes = false } = {}): Ended {
  let text = ''
  let ended: Ended | undefined
  const onAnswer = () => (sink ? (chunk: Uint8Array) => void (text += Buffer.from(chunk).toString('latin1')) : undefined)
  const reading = new Reading({
    onAnswer,
    done: (answer, keepAliveMs) => (ended = { text, answer, keepAliveMs }),
    failed: (error) => (ended = { text, error }),
    resume: () => undefined,
  })
  for (const chunk of chunks) {
    const buffer = Buffer.from(chunk)
    reading.receive(buffer)
    buffer.fill('#')
  }
  if (closes) reading.close()
  return ended ?? { text }
}

const cutAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...new Set([0, ...places.map((place) => place % bytes.length), bytes.length])].sort((a, b) => a - b)
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end))
}
const head = (...headers: string[]): string => ['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n')

describe('an answer', () => {
  const plain = Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${head('Content-Length: 11', 'X-Amz-Meta-A: b', 'x-twice: 1', 'X-Twice: 2')}hello world`)

  it('is the same however its bytes come', () => {
    const places = fc.array(fc.nat(10_000), { maxLength: 20 })
    fc.assert(fc.property(places, (cuts) => {
      const { text, answer, keepAliveMs } = readIn(cutAt(plain, cuts))
      expect(text).toBe('hello world')
      expect(Object.fromEntries(answer?.headers ?? [])).toEqual({ 'content-length': '11', 'x-amz-meta-a': 'b', 'x-twice': '1, 2' })
      expect(answer?.status).toBe(200)
      expect(keepAliveMs).toBeGreaterThan(0)
    }), { seed })
  })

  it('in chunks is joined, however its bytes come', () => {
    const chunked = Buffer.from(`${head('Transfer-Encoding: chunked')}5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`)
    fc.assert(fc.property(fc.array(fc.nat(10_000), { maxLength: 20 }), (cuts) => {
      expect(readIn(cutAt(chunked, cuts)).text).toBe('hello world')
      expect(readIn(cutAt(chunked, cuts), { sink: false }).answer?.body.toString()).toBe('hello world')
    }), { seed })
  })

  it('without a length ends with its connection', () => {
    const bytes = [Buffer.from(`${head()}hello`), Buffer.from(' world')]
    expect(readIn(bytes).answer).toBeUndefined()
    expect(readIn(bytes, { closes: true })).toMatchObject({ text: 'hello world', keepAliveMs: 5_000 })
  })

  it.each([
    ['closes its connection', head('Content-Length: 0', 'Connection: close'), 0],
    ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', 0],
    ['keeps it for a while', head('Content-Length: 0', 'Keep-Alive: timeout=3, max=9'), 2_000],
    ['is followed by more than it announced', `${head('Content-Length: 1')}ab`, 0],
  ])('that %s says for how long the connection is of use', (_, text, keepAliveMs) => {
    expect(readIn([Buffer.from(text)]).keepAliveMs).toBe(keepAliveMs)
  })

  it.each([
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'network'],
    ['has a length that is none', head('Content-Length: ten'), 'network'],
    ['has two lengths', head('Content-Length: 1', 'Content-Length: 2'), 'network'],
    ['has a head without an end', `${head('x: '.padEnd(70_000, 'y')).slice(0, -2)}`, 'unexpected'],
    ['ends early', `${head('Content-Length: 10')}hello`, 'premature-end'],
    ['never begins', '', 'network'],
  ])('that %s fails', (_, text, kind) => {
    expect(readIn(text === '' ? [] : [Buffer.from(text)], { closes: true }).error).toMatchObject({ kind })
  })
})
