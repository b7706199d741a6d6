/** A destination whose pages come in no order that is known: here in any, and none is right. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewByPrefix } from '../../listing/prefix-view.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import type { ListPage, Storage } from '../../storage/storage.ts'
import { counting, failing, fault, put } from '../copy/support.ts'
import { rowsOf, runJob, signal } from '../report/support.ts'

/** Few letters, so that keys collide and are each other's beginnings; halves of characters are alike, too. */
const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '~', 'é', '\u{ffee}', '😀', '😁'), minLength: 1, maxLength: 5 })

async function filled(keys: readonly string[], maxListEntries = 1_000): Promise<Storage> {
  const storage = openMemory({ limits: { maxListEntries } })
  for (const name of keys) await put(storage, name, name)
  return { ...backwards(storage), abilities: { ...storage.abilities, ordered: false, startAfter: false } }
}

const backwards = (storage: Storage): Storage =>
  intercept(storage, async (call, next) => {
    const answer = await next()
    if (call.operation !== 'list') return answer
    const page = answer as ListPage
    return { ...page, entries: page.entries.toReversed() } as typeof answer
  })

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `folder/of/files/${String(i).padStart(6, '0')}`)

async function looked(storage: Storage, keys: readonly string[]) {
  const to = counting(storage)
  const view = viewByPrefix(to.storage, signal)
  const answers = { there: 0, absent: 0, unknown: 0 }
  for (const name of keys) {
    const seen = await view.lookup(name)
    answers[seen === undefined ? 'unknown' : seen === null ? 'absent' : 'there']++
  }
  return { ...answers, lists: to.calls.length }
}

describe('the view by beginnings', () => {
  it('agrees with a look at each key, whatever the keys, their order and the size of pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 60 }), fc.array(key, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (held, asked, page) => {
        const view = viewByPrefix(await filled(held, page), signal)
        for (const name of [...asked, ...held]) {
          const seen = await view.lookup(name)
          if (seen === undefined) continue
          expect([name, seen !== null]).toEqual([name, held.includes(name)])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('asks once where little or nothing is there', async () => {
    expect(await looked(await filled([]), numbered(5_000))).toEqual({ there: 0, absent: 5_000, unknown: 0, lists: 1 })
    expect(await looked(await filled(numbered(999)), numbered(5_000))).toEqual({ there: 999, absent: 4_001, unknown: 0, lists: 1 })
  })

  it('asks about once a page where much is there, and once a gap', async () => {
    const { lists, ...answers } = await looked(await filled(numbered(10_000), 1_000), numbered(20_000))
    expect(answers).toEqual({ there: 10_000, absent: 10_000, unknown: 0 })
    expect(lists).toBeLessThan(30)
  })

  it('stops asking where every key would want a page of its own', async () => {
    const keys = numbered(5_000)
    const held = keys.flatMap((name) => [1, 2, 3].map((n) => `${name}/${n}`))
    const { lists, unknown } = await looked(await filled(held, 1), keys)
    expect(unknown).toBe(5_000)
    expect(lists).toBeLessThan(5_000 / 16)
  })

  it('knows nothing where the store refuses a beginning, and fails where the address does', async () => {
    const refusing = (kind: 'invalid' | 'forbidden') => failing(openMemory(), ({ operation }) => (operation === 'list' ? fault(kind) : undefined))
    expect(await looked(refusing('invalid'), ['a/b', 'a/c'])).toMatchObject({ unknown: 2 })
    await expect(looked(refusing('forbidden'), ['a/b'])).rejects.toThrow()
  })
})

describe('a job to a store without order', () => {
  it('looks at no file that its listing tells of, and keeps to each overwrite rule', async () => {
    const source = openMemory({ now: () => 2_000_000 })
    for (const name of ['same', 'other', 'new']) await put(source, name, name)
    for (const [overwrite, completed] of [['when-different', ['new', 'other']], ['never', ['new']], ['if-newer', ['new']]] as const) {
      const store = openMemory({ now: () => 3_000_000 })
      await put(store, 'same', 'same')
      await put(store, 'other', 'longer than it was')
      const to = counting({ ...backwards(store), abilities: { ...store.abilities, ordered: false, startAfter: false } })
      await runJob({ source, destination: to.storage, options: { overwrite, compareContentType: false } })
      expect((await rowsOf(store, 1, 'completed_list')).map((row) => row['file_name']).toSorted()).toEqual(completed)
      const skipped = ['new', 'other', 'same'].filter((name) => !completed.some((one) => one === name))
      expect((await rowsOf(store, 1, 'skipped_list')).map((row) => row['file_name']).toSorted()).toEqual(skipped)
      expect(to.calls.filter(({ operation, key: name }) => operation === 'head' && ['same', 'other', 'new'].includes(name ?? ''))).toEqual([])
    }
  })

  it('leaves alone what came after the look', async () => {
    const source = await filled(['a', 'b'])
    const store = openMemory()
    const destination = intercept({ ...store, abilities: { ...store.abilities, ordered: false, startAfter: false } }, async (call, next) => {
      const answer = await next()
      if (call.operation === 'list') await put(store, 'a', 'somebody else')
      return answer
    })
    const { counts } = await runJob({ source, destination, options: { overwrite: 'never' } })
    expect(counts).toMatchObject({ completed: { files: 1 }, skipped: { files: 1 } })
  })
})
