import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddressRef, prefixFault } from '../../model/address.ts'
import { parseLimits, formatRow } from '../../model/flow/timetable.ts'
import { messageNames, parseMessage } from '../../model/messages.ts'
import { parseMtime } from '../../model/metadata.ts'
import { maxRate, minRate, parseRate } from '../../model/rate.ts'
import { parseSize } from '../../model/size.ts'
import { parseDuration, parseTime } from '../../model/time.ts'
import { printedSeed } from '../support/seed.ts'
import { answerOf, longTexts, textOf } from './support.ts'

const isRangeError = (error: unknown): boolean => error instanceof RangeError
const numRuns = 2_000

interface Parser {
  readonly name: string
  readonly pieces: readonly string[]
  readonly parse: (text: string) => unknown
  readonly isSound: (answer: never) => boolean
}
const within = (min: number, max: number) => (value: number) => Number.isFinite(value) && value >= min && value <= max

const parsers: readonly Parser[] = [
  { name: 'rates', pieces: ['5', '0', '.', 'MB/s', 'kbit/s', 'KiB/s', ' ', 'e9', '-', 'constructor'], parse: parseRate, isSound: (rate: number) => rate === 0 || within(minRate, maxRate)(rate) },
  { name: 'sizes', pieces: ['5', '10', '.', 'MB', 'GiB', ' ', 'toString', 'constructor', '-'], parse: parseSize, isSound: (size: number) => Number.isSafeInteger(size) && size >= 0 },
  { name: 'times', pieces: ['2026-03-05', 'T', '08:00', ':30', '.5', 'Z', '+08:00', '9999', '-', '24:00', '02-30', '0000'], parse: (text) => parseTime(text, 'Europe/Berlin'), isSound: within(-1e15, 1e15) },
  { name: 'durations', pieces: ['1', '30', 's', 'm', 'h', 'd', ' ', '.', '-', 'ms'], parse: parseDuration, isSound: within(0, Infinity) },
  { name: 'rows of flow control', pieces: ['06:00', '-', '12:00', '24:00', '=', '5MB/s', '0', ' ', '25:00'], parse: (text) => parseLimits([text], undefined).rows.map(formatRow), isSound: (rows: string[]) => parseLimits(rows, undefined).rows.map(formatRow).join() === rows.join() },
  { name: 'modified times', pieces: ['1700000000', '.', '25', 'Z', '2024-', '-', 'e'], parse: (text) => parseMtime(text) ?? 0, isSound: (ms: number) => Number.isFinite(ms) },
  { name: 'addresses', pieces: ['photos', ':', '/', '.', 'a/', '\0'], parse: (text) => ({ ref: parseAddressRef(text), fault: prefixFault(text) }), isSound: () => true },
]

describe.each(parsers)('$name', { timeout: 30_000 }, ({ name, pieces, parse, isSound }) => {
  const sound = (text: string): boolean => {
    const answer = answerOf(() => parse(text), isRangeError)
    return answer === undefined || isSound(answer as never)
  }
  it('are read, or refused with a sentence', () => {
    fc.assert(fc.property(textOf(...pieces), sound), { seed: printedSeed(name), numRuns })
  })
  it('take no longer for being long', () => {
    for (const text of longTexts(...pieces)) expect(sound(text)).toBe(true)
  })
})

describe('messages from the Web UI', () => {
  it('are accepted, or refused with a sentence, whatever they are', () => {
    const fields = fc.record({ rows: fc.anything(), maxFlow: fc.anything(), by: fc.anything(), only: fc.anything() }, { requiredKeys: [] })
    const message = fc.oneof(fc.anything(), fields, fields.map((value) => ({ ...value, rows: ['06:00-12:00=5MB/s', value.rows] })))
    fc.assert(fc.property(fc.constantFrom(...messageNames), message, (name, value) => {
      const parsed = parseMessage(name, value)
      return parsed.ok || /\S/.test(parsed.fault)
    }), { seed: printedSeed('messages'), numRuns })
  })
})
