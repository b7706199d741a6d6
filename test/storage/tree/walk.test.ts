import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../../storage/error.ts'
import { toBytes, toText } from '../../../storage/tree/names.ts'
import { Pages } from '../../../storage/tree/pages.ts'
import type { RawName, Reader } from '../../../storage/tree/reader.ts'
import { byUtf8 } from '../../conformance/tools.ts'

const none = { prefix: '', after: '', limit: 1_000, signal: undefined }

/** Keys as directories that give their names unsorted, two at a time; a name's details are its size. */
class Directories implements Reader<number> {
  readonly #names = new Map<string, Map<string, RawName<number>>>([['', new Map()]])
  readonly readings: string[] = []

  constructor(keys: readonly string[]) {
    for (const key of keys) this.#add(toBytes(key))
  }

  remove(directory: string): void {
    this.#names.delete(directory)
  }

  async *read(directory: string): AsyncIterable<readonly RawName<number>[]> {
    this.readings.push(directory)
    const names = this.#names.get(directory)
    if (!names) throw new StorageError('gone', { kind: 'not-found' })
    const unsorted = [...names.values()].reverse()
    for (let at = 0; at < unsorted.length; at += 2) yield unsorted.slice(at, at + 2)
  }

  #add(key: string): void {
    const names = key.replace(/\/$/, '').split('/')
    names.forEach((raw, at) => {
      const above = names.slice(0, at).map((name) => `${name}/`).join('')
      const isDirectory = at < names.length - 1 || key.endsWith('/')
      this.#names.get(above)?.set(raw, { raw, kind: isDirectory ? 'directory' : 'file', details: raw.length })
      if (isDirectory && !this.#names.has(`${above}${raw}/`)) this.#names.set(`${above}${raw}/`, new Map())
    })
  }
}

async function keysOf(reader: Directories, most: number, options: Partial<typeof none> = {}): Promise<string[]> {
  const pages = new Pages(reader, most)
  const keys: string[] = []
  for (let after: string | undefined = options.after ?? ''; after !== undefined; ) {
    const { found, next } = await pages.page({ ...none, ...options, after })
    keys.push(...found.map(({ shown }) => toText(shown)))
    after = next
  }
  return keys
}

describe('a walk over directories that list themselves unsorted, in chunks', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', '0', 'é', '\uff08', '\u{1f600}'), minLength: 1, maxLength: 3 })
  const key = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))

  it('gives keys in the byte order of UTF-8, whatever is held at a time', async () => {
    await fc.assert(fc.asyncProperty(fc.uniqueArray(key, { maxLength: 30 }), key, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), async (all, after, most, limit) => {
      const keys = all.filter((one) => !all.some((other) => other.startsWith(`${one}/`))).sort(byUtf8)
      expect(await keysOf(new Directories(keys), most, { limit })).toEqual(keys)
      expect(await keysOf(new Directories(keys), most, { limit, after })).toEqual(keys.filter((one) => byUtf8(one, after) > 0))
      const prefix = after.slice(0, 3)
      expect(await keysOf(new Directories(keys), most, { limit, prefix })).toEqual(keys.filter((one) => one.startsWith(prefix)))
    }))
  })

  it('reads only directories that may hold what is asked for', async () => {
    const reader = new Directories(['a/1', 'b/1', 'b/c/2', 'd/3'])
    expect(await keysOf(reader, 10, { prefix: 'b/c', after: 'b/1' })).toEqual(['b/c/2'])
    expect(reader.readings).toEqual(['b/', 'b/c/'])
  })

  it('reads a directory again when it has more names than are held, but not endlessly', async () => {
    const keys = Array.from({ length: 1_000 }, (_, i) => `k${String(i).padStart(4, '0')}`)
    const reader = new Directories(keys)
    expect(await keysOf(reader, 1)).toEqual(keys)
    expect(reader.readings.length).toBeLessThan(50)
  })

  it('hands through what the reader knew of each name', async () => {
    const { found } = await new Pages(new Directories(['a/long', 'b/'])).page(none)
    expect(found.map(({ raw, kind, details }) => [raw, kind, details])).toEqual([['a/long', 'file', 4], ['b', 'directory', 1]])
  })

  it('a directory that is gone holds nothing; the root may not be gone', async () => {
    const reader = new Directories(['a/1', 'b/2'])
    reader.remove('a/')
    expect(await keysOf(reader, 10)).toEqual(['b/2'])
    reader.remove('')
    await expect(keysOf(reader, 10)).rejects.toThrow('gone')
  })
})
