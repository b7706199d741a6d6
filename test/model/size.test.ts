import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSize, parseSize } from '../../model/size.ts'

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['123', 123],
    ['5B', 5],
    ['10kB', 10_000],
    ['10MB', 10_000_000],
    ['1.5GB', 1_500_000_000],
    ['1KiB', 1024],
    ['2 MiB', 2 * 1024 ** 2],
    ['1TiB', 1024 ** 4],
  ])('reads %s as %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each(['', 'big', '-1', '1e3', '10 mb', '10MBs', '1..5MB', 'MB', '0x10', '99999999TB'])(
    'refuses %j with a sentence',
    (text) => {
      expect(() => parseSize(text)).toThrow(/size.*\.$/)
    },
  )

  it('reads any whole number of bytes back', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(`${bytes}`) === bytes))
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [4_960_000, '4.96 MB'],
    [12_345_678, '12.3 MB'],
    [999_600, '1.00 MB'],
    [81_920_000_000, '81.9 GB'],
  ])('shows %d as %s', (bytes, text) => expect(formatSize(bytes)).toBe(text))

  it('never shows more than three digits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_000_000_000_000 }),
        (bytes) => formatSize(bytes).replace(/[^\d]/g, '').length <= 3,
      ),
    )
  })
})
