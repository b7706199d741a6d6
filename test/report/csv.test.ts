import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toCsv } from '../../report/csv.ts'

const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', '😀', '\t', '\ufeff') }))

it('writes what csv-stringify writes, whatever the cells', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 5 }), (rows) => {
      expect(toCsv(rows).toString()).toBe(stringify(rows, { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }))
    }),
    { numRuns: 2_000 },
  )
})
