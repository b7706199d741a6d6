import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareKeys, keyBefore, utf8Length } from '../../model/keys.ts'

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '/', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}', '\u007f', '\u0080', '\u07ff', '\u0800'), maxLength: 5 }),
)

describe('keys', () => {
  it('compare as the bytes of their UTF-8 form', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { numRuns: 2_000 },
    )
    expect(compareKeys('\u{ff5e}', '😀')).toBeLessThan(0)
  })

  it('are as long as their UTF-8 form', () => {
    fc.assert(fc.property(key, (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text))
      }))
  })

  it('have a well-formed key shortly before them', () => {
    fc.assert(
      fc.property(key, (text) => {
        const before = keyBefore(text)
        if (before === undefined) return
        expect(compareKeys(before, text)).toBeLessThan(0)
        expect(before.isWellFormed()).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(keyBefore('photos/b')).toBe('photos/a')
    expect(keyBefore('')).toBeUndefined()
  })
})
