import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxRate, minRate, parseRate } from '../../model/rate.ts'

describe('rates', () => {
  it.each([
    ['0', 0],
    ['5MB/s', 5_000_000],
    ['1kB/s', 1_000],
    ['1TB/s', 1e12],
    ['1.5 GB/s', 1_500_000_000],
    ['512KiB/s', 524_288],
    ['1MiB/s', 1_048_576],
    ['1GiB/s', 1024 ** 3],
    ['8kbit/s', 1_000],
    ['100Mbit/s', 12_500_000],
    ['1Gbit/s', 125_000_000],
  ])('reads %s as %d bytes a second', (text, rate) => expect(parseRate(text)).toBe(rate))

  it.each(['', '5', '5MB', '5mb/s', '5Mb/s', '-5MB/s', 'MB/s', '5 MB/h', '1e6kB/s', 'toString', '1constructor'])(
    'refuses %j with a sentence',
    (text) => {
      expect(() => parseRate(text)).toThrow(/is not a rate.*\.$/)
    },
  )

  it.each(['0MB/s', '0.5kB/s', '1kbit/s', '1.1TB/s', '2000GB/s'])('refuses %s, outside the bounds', (text) => {
    expect(() => parseRate(text)).toThrow(/outside 1 kB\/s to 1 TB\/s/)
  })

  it('is a whole number within the bounds, whatever is accepted', () => {
    const unit = fc.constantFrom('kB/s', 'MB/s', 'GB/s', 'KiB/s', 'MiB/s', 'GiB/s', 'kbit/s', 'Mbit/s', 'Gbit/s')
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 900 }), fc.nat(99), unit, (whole, hundredths, name) => {
        const rate = parseRate(`${whole}.${`${hundredths}`.padStart(2, '0')}${name}`)
        return Number.isInteger(rate) && rate >= minRate && rate <= maxRate
      }),
    )
  })
})
