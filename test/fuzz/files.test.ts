import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJobFile, toJobOptions } from '../../cli/options.ts'
import { readJobFile } from '../../cli/read-job-file.ts'
import { TranshipError } from '../../client/errors.ts'
import { encodeRows, splitHeader, splitRows } from '../../ledger/rows.ts'
import { openLedger } from '../../ledger/ledger.ts'
import { lastRowEnd } from '../../model/rows-end.ts'
import { toCsv } from '../../report/csv.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { createAddressBook } from '../../worker/config.ts'
import { ConfigError } from '../../worker/config/error.ts'
import { contextOf } from '../report/support.ts'
import { temporaryFolder } from '../support/processes.ts'
import { printedSeed } from '../support/seed.ts'
import { answerOf, textOf } from './support.ts'

const numRuns = 300
const secret = 'TOP-SECRET-VALUE'

describe('tranship.yaml', { timeout: 60_000 }, () => {
  const pieces = ['addresses:', '\n', '  ', 'photos:', 'vendor: ', 's3', 'nas', 'path: /a', '{', '}', '[', ']', '"', "'", ': ', '- ', '${HOME}', '${', '&a ', '*a', '!!js ', '<<: *a', '|', '>', '#', '\t', `accessKeySecret: ${secret}`, '? ']
  it('is read, or refused with a sentence that holds no secret', () => {
    const file = join(temporaryFolder('fuzz'), 'tranship.yaml')
    fc.assert(fc.property(textOf(...pieces), (text) => {
      writeFileSync(file, text, { mode: 0o600 })
      const book = createAddressBook({ path: file, env: {} })
      for (const look of [(): unknown => book.list(), () => book.resolve('photos'), () => book.resolve('photos:a/', 'destination')]) {
        answerOf(look, (error) => error instanceof ConfigError && !error.message.includes(secret))
      }
    }), { seed: printedSeed('configurations'), numRuns })
  })

  it('does not grow without bound by aliases', () => {
    const file = join(temporaryFolder('fuzz'), 'tranship.yaml')
    const bomb = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 10 }, () => `*l${i}`).join(', ')}]`)
    writeFileSync(file, ['l0: &l0 x', ...bomb].join('\n'), { mode: 0o600 })
    expect(() => createAddressBook({ path: file, env: {} }).list()).toThrow(ConfigError)
  })
})

describe('a job file', { timeout: 60_000 }, () => {
  const names = { job: 'abc', source: 'photos', destination: 'archive' }
  const keys = ['overwrite', 'include', 'exclude', 'minSize', 'maxSize', 'since', 'flow', 'maxFlow', 'timeZone', 'type', 'times', 'interval', 'every', 'at', 'maxFailed', 'storageClassMap', 'verify', 'restore', 'restoreDays', 'window', 'ledger']
  const isRefusal = (error: unknown): boolean => error instanceof TranshipError && error.code !== 'Unexpected'
  it('of any values is taken or refused with a sentence', () => {
    const value = fc.oneof(fc.anything(), fc.constantFrom('never', '5MB', '2026-03-05', '06:00-12:00=5MB/s', 'Asia/Shanghai', 'sync', 'day', '1h', '5%', 'A=B', 'all', true, 3, '[', '**/{a'))
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 5 }), (given) => {
      answerOf(() => toJobOptions(names, parseJobFile({}, given), '/work'), isRefusal)
    }), { seed: printedSeed('job options'), numRuns: 1_000 })
  })

  it('of any text is read or refused', () => {
    const file = join(temporaryFolder('fuzz'), 'job.yaml')
    fc.assert(fc.property(textOf('overwrite: ', 'never', '\n', '- ', '{', '}', '"', ': ', '&a', '*a', '\t', '!!binary '), (text) => {
      writeFileSync(file, text)
      answerOf(() => parseJobFile({}, readJobFile(file)), isRefusal)
    }), { seed: printedSeed('job files'), numRuns })
  })
})

describe('rows of CSV', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme' }), textOf('"', ',', '\r', '\n', '\r\n', 'a', '😀', ' '))
  it('come back equal through another reader, and whole up to where they are cut', () => {
    fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }), fc.nat(), (rows, at) => {
      const bytes = toCsv(rows)
      expect(parse(bytes, { record_delimiter: '\r\n', skip_empty_lines: false })).toEqual(rows)
      const end = lastRowEnd(bytes.subarray(0, at % (bytes.length + 1)))
      const whole = end === 0 ? [] : (parse(bytes.subarray(0, end), { record_delimiter: '\r\n' }) as string[][])
      expect(whole).toEqual(rows.slice(0, whole.length))
    }), { seed: printedSeed('rows of CSV'), numRuns: 1_000 })
  })
})

describe('a file of the ledger', () => {
  const header = { job: 'abc', epoch: 'e', run: 1, file: 'f' }
  it('gives its rows back, whatever they hold', () => {
    fc.assert(fc.property(fc.array(fc.record({ key: fc.string({ unit: 'binary' }), size: fc.nat() })), (rows) => {
      const bytes = Buffer.concat([encodeRows([header]), encodeRows(rows)])
      expect(splitRows(splitHeader(bytes, header))).toEqual(JSON.parse(JSON.stringify(rows)))
    }), { seed: printedSeed('rows of the ledger'), numRuns })
  })

  it('that is anything else is refused by name', async () => {
    const storage = openMemory()
    const ledger = openLedger(storage, contextOf({}))
    await ledger.writeEntries(0, 1, [])
    const broken = fc.oneof(fc.uint8Array(), fc.json().map((text) => Buffer.from(text)), textOf('{"job":"photos-to-archive"', ',"epoch":"epoch-1"', ',"run":1', '}', '\n', 'null').map((text) => Buffer.from(text)))
    await fc.assert(fc.asyncProperty(broken, async (bytes) => {
      await storage.put(`${ledger.folder}0-0.1.list`, [bytes], { metadata: { user: {} } })
      await expect(ledger.readEntries(0, 1)).rejects.toThrow(/^Ledger file 0-0\.1\.list of run 1 /)
    }), { seed: printedSeed('broken ledgers'), numRuns })
  })
})
