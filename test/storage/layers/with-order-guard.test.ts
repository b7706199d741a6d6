import { describe, expect, it } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { withOrderGuard } from '../../../storage/layers/with-order-guard.ts'
import { forward } from '../../../storage/layers/intercept.ts'
import type { ListOptions, Storage } from '../../../storage/storage.ts'
import { expectFailure, keysOf, list } from '../../conformance/tools.ts'

/** Answers these pages, whatever is asked. */
function answering(pages: readonly (readonly string[])[], abilities = openMemory().abilities): Storage {
  const entry = (key: string) => ({ key, size: 1, mtimeMs: 0 })
  return {
    ...forward(openMemory()),
    abilities,
    list: async ({ cursor = '0' }: ListOptions = {}) => {
      const at = Number(cursor)
      return { entries: (pages[at] ?? []).map(entry), ...(at < pages.length - 1 && { next: String(at + 1) }) }
    },
  }
}
const guarded = (...pages: string[][]): Storage => withOrderGuard(answering(pages))

describe('a listing is held to its order', () => {
  it('in order it passes as it is, empty pages too', async () => {
    expect(await keysOf(guarded(['a', 'b'], [], ['c']))).toEqual(['a', 'b', 'c'])
  })

  it('order is that of UTF-8, not of UTF-16', async () => {
    expect(await keysOf(guarded(['\uff08'], ['\u{1f600}']))).toEqual(['\uff08', '\u{1f600}'])
    await expectFailure(list(guarded(['\u{1f600}', '\uff08'])), 'unexpected')
  })

  it('a key that comes twice is given once, within a page and over pages, also empty ones', async () => {
    expect(await keysOf(guarded(['a', 'a', 'b'], ['b'], [], ['b', 'c']))).toEqual(['a', 'b', 'c'])
  })

  it('a key out of order fails with both keys named, within a page and over pages', async () => {
    for (const storage of [guarded(['a', 'c', 'b']), guarded(['a', 'c'], ['b']), guarded(['a', 'c'], [], ['b'])]) {
      await expect(list(storage)).rejects.toThrow('The listing is not in order: "b" came after "c".')
    }
  })

  it('a key before startAfter is out of order, startAfter itself is left out', async () => {
    expect(await keysOf(guarded(['b', 'c']), { startAfter: 'b' })).toEqual(['c'])
    await expectFailure(list(guarded(['a']), { startAfter: 'b' }), 'unexpected')
  })

  it('listings side by side do not disturb each other', async () => {
    const storage = guarded(['a', 'z'], ['zz'])
    const [first, second] = [await storage.list(), await storage.list()]
    expect((await storage.list({ cursor: first.next ?? '' })).entries).toHaveLength(1)
    expect((await storage.list({ cursor: second.next ?? '' })).entries).toHaveLength(1)
  })

  it('a store that declares no order is left alone', async () => {
    const storage = withOrderGuard(answering([['b', 'a']], { ...openMemory().abilities, ordered: false }))
    expect(await keysOf(storage)).toEqual(['b', 'a'])
  })
})
