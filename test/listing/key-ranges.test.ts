import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guessesBetween, guessesBeyond } from '../../listing/key-guess.ts'
import { divideRanges, type KeyRange } from '../../listing/key-ranges.ts'
import { compareKeys } from '../../model/keys.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { put } from '../copy/support.ts'
import { signal } from '../report/support.ts'

const unit = fc.constantFrom('a', 'b', 'Z', '7', '/', '!', '~', 'é', '\u{ffee}', '😀', '\u0001')
const key = fc.string({ unit, minLength: 1, maxLength: 6 })

async function filled(keys: readonly string[]): Promise<Storage> {
  const storage = openMemory()
  for (const name of keys) await put(storage, name, 'x')
  return storage
}

async function listed(source: Storage, { key: startAfter, until }: KeyRange): Promise<string[]> {
  const keys: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = await source.list(cursor === '' ? { startAfter } : { cursor, startAfter })
    keys.push(...page.entries.map((entry) => entry.key))
    cursor = page.next
  }
  return keys.filter((name) => until === undefined || compareKeys(name, until) <= 0)
}

const sizesOf = async (source: Storage, ranges: readonly KeyRange[]): Promise<number[]> =>
  await Promise.all(ranges.map(async (range) => (await listed(source, range)).length))

describe('guesses', () => {
  it('lie between, in order, whatever the keys', () => {
    fc.assert(
      fc.property(key, fc.option(key, { nil: undefined }), fc.integer({ min: 1, max: 30 }), (after, before, count) => {
        const guesses = guessesBetween(after, before, count)
        expect(guesses.toSorted(compareKeys)).toEqual(guesses)
        for (const guess of guesses) {
          expect(compareKeys(guess, after)).toBeGreaterThan(0)
          if (before !== undefined) expect(compareKeys(guess, before)).toBeLessThan(0)
        }
      }),
    )
  })

  it('beyond a key come after all that begin like it', () => {
    expect(guessesBeyond('a/09', undefined, 9)).toEqual(['a/0:', 'a/1', 'a0', 'b'])
    expect(guessesBeyond('photos/2024/0001', 'photos/3', 3)).toEqual(['photos/2024/0002', 'photos/2024/1', 'photos/203'])
  })
})

describe('a listing that is divided', () => {
  it('has every key in one range, whatever the keys, however often it is divided, and also those that come later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 80 }), fc.uniqueArray(key, { maxLength: 20 }), fc.option(key, { nil: undefined }), async (early, late, after) => {
        const source = await filled(early)
        const once = await divideRanges(source, [after === undefined ? {} : { key: after }], 8, signal)
        for (const name of late) await put(source, name, 'x')
        const twice = await divideRanges(source, once, 16, signal)
        for (const ranges of [once, twice]) {
          const keys = (await Promise.all(ranges.map((range) => listed(source, range)))).flat()
          expect(keys).toEqual(await listed(source, after === undefined ? {} : { key: after }))
        }
      }),
      { numRuns: 150 },
    )
  })

  it.each([
    ['numbers', (i: number) => `file-${String(i).padStart(7, '0')}.bin`],
    ['hashes', (i: number) => `${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}/data`],
    ['days', (i: number) => `logs/2026/${String(1 + (i % 12)).padStart(2, '0')}/${String(1 + (i % 28)).padStart(2, '0')}/${String(i).padStart(6, '0')}.gz`],
    ['a beginning of 300 letters', (i: number) => `${'deep/'.repeat(60)}${i}`],
  ])('has ranges of which none is a third of it: %s', async (_, nameOf) => {
    const keys = Array.from({ length: 3_000 }, (_unused, i) => nameOf(i)).toSorted(compareKeys)
    const source = await filled(keys)
    const after = keys[200] ?? ''
    const sizes = await sizesOf(source, await divideRanges(source, [{ key: after }], 16, signal))
    expect(sizes.reduce((sum, size) => sum + size)).toBe(2_799)
    expect(Math.max(...sizes)).toBeLessThan(2_799 / 3)
  })
})
