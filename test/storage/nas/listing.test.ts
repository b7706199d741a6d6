import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openNas, type NasOptions } from '../../../storage/drivers/nas/driver.ts'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import type { ListEntry, ListOptions, Storage } from '../../../storage/storage.ts'
import { keysOf, list, put, readText, expectFailure } from '../../conformance/tools.ts'

let path: string
beforeEach(() => void (path = mkdtempSync(join(tmpdir(), 'tranship-nas-'))))
afterEach(() => rmSync(path, { recursive: true, force: true }))

const open = (options?: NasOptions): Storage => openNas({ vendor: 'nas', path }, options)
const write = (name: string, content = name): void => {
  mkdirSync(dirname(join(path, name)), { recursive: true })
  writeFileSync(join(path, name), content)
}
const kinds = (entries: readonly ListEntry[]): Record<string, string> => Object.fromEntries(entries.map(({ key, kind = 'file' }) => [key, kind]))

describe('a folder lists like an object store', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', '0', 'z', 'é', '\uff08', '\u{1f600}', ' '), minLength: 1, maxLength: 3 })
    .filter((text) => text !== '.' && text !== '..')
  const key = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))

  it('whatever the tree, the page size, the prefix and the start', async () => {
    await fc.assert(fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 25 }), fc.array(fc.boolean()), key, fc.string({ maxLength: 3 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }),
      async (keys, folders, startAfter, prefix, limit, namesAtATime) => {
        rmSync(path, { recursive: true, force: true })
        mkdirSync(path)
        const [nas, memory] = [open({ namesAtATime }), openMemory()]
        for (const [at, one] of keys.entries()) {
          if (keys.some((other) => other !== one && (other.startsWith(`${one}/`) || one.startsWith(`${other}/`)))) continue
          const held = folders[at] ? `${one}/` : one
          if (folders[at]) mkdirSync(join(path, held), { recursive: true })
          else write(held, '')
          await put(memory, held, '')
        }
        const asked: ListOptions[] = [{}, { limit }, { limit, startAfter }, { limit, prefix }, { limit, prefix: Array.from(startAfter).slice(0, 3).join(''), startAfter }, { startAfter: `${startAfter}/`, limit }]
        for (const options of asked) expect(await keysOf(nas, options), JSON.stringify(options)).toEqual(await keysOf(memory, options))
      },
    ), { numRuns: 150 })
  })

  it('names are selected in several readings where a folder has more than fit', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `n${String((i * 7919) % 500).padStart(3, '0')}`)
    for (const one of names) write(one, 'x')
    expect(await keysOf(open({ namesAtATime: 7 }), { limit: 3 })).toEqual(names.toSorted())
  })

  it('empty folders are named with a slash, the others are not entries', async () => {
    write('full/file')
    mkdirSync(join(path, 'empty/within'), { recursive: true })
    expect(kinds(await list(open()))).toEqual({ 'empty/within/': 'directory', 'full/file': 'file' })
  })

  it('links are entries and never followed; what is neither file nor folder is other', async () => {
    write('real/file')
    symlinkSync(join(path, 'real/file'), join(path, 'to-file'))
    symlinkSync(join(path, 'real'), join(path, 'to-folder'))
    symlinkSync('/nowhere', join(path, 'broken'))
    execFileSync('mkfifo', [join(path, 'pipe')])
    expect(kinds(await list(open()))).toEqual({ broken: 'symlink', pipe: 'other', 'real/file': 'file', 'to-file': 'symlink', 'to-folder': 'symlink' })
    expect(await keysOf(open(), { prefix: 'to-folder/' })).toEqual([])
    await expectFailure(readText(open(), 'to-file'), 'not-a-file')
    await expectFailure(readText(open(), 'pipe'), 'not-a-file')
  })

  it('links are followed by option, and loops end', async () => {
    write('real/file', 'content')
    symlinkSync(join(path, 'real/file'), join(path, 'to-file'))
    symlinkSync(join(path, 'real'), join(path, 'to-folder'))
    symlinkSync('..', join(path, 'real/up'))
    symlinkSync('.', join(path, 'real/self'))
    symlinkSync('/nowhere', join(path, 'broken'))
    const storage = open({ followSymlinks: true })
    expect(kinds(await list(storage, { limit: 2 }))).toEqual({
      broken: 'symlink', 'real/file': 'file', 'real/self': 'symlink', 'real/up': 'symlink',
      'to-file': 'file', 'to-folder/file': 'file', 'to-folder/self': 'symlink', 'to-folder/up': 'symlink',
    })
    expect(await readText(storage, 'to-file')).toBe('content')
    expect(await readText(storage, 'to-folder/file')).toBe('content')
  })

  it('names that are not UTF-8 are shown with their bytes, in order, and cannot be read', async () => {
    for (const bytes of [[0x61, 0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc3, 0xa9]]) writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from(bytes)]), 'x')
    const folder = Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0x64, 0xfe])])
    mkdirSync(folder)
    writeFileSync(Buffer.concat([folder, Buffer.from('/inside')]), 'x')
    write('z')
    const entries = await list(open(), { limit: 1 })
    expect(kinds(entries)).toEqual({ '\\xc3': 'other', '\\xed\\xa0\\x80': 'other', 'a\\xff': 'other', 'd\\xfe/inside': 'other', z: 'file', é: 'file' })
    expect(entries.map(({ key }) => key)).toEqual(await keysOf(open()))
    await expectFailure(readText(open(), 'a\\xff'), 'not-found')
  })

  it('what vanishes while it is listed is left out, what comes later in order is found', async () => {
    for (const one of ['a', 'b', 'c', 'd/x', 'e']) write(one)
    const storage = open({ namesAtATime: 2 })
    const first = await storage.list({ limit: 1 })
    rmSync(join(path, 'b'))
    renameSync(join(path, 'd'), join(path, 'f'))
    expect([...first.entries.map(({ key }) => key), ...(await keysOf(storage, { cursor: first.next ?? '' }))]).toEqual(['a', 'c', 'e', 'f/x'])
  })

  it('a folder that vanishes while it is listed ends there', async () => {
    for (const one of ['a', 'd/1', 'd/2', 'd/3', 'e']) write(one)
    const storage = open({ namesAtATime: 1 })
    const { next } = await storage.list({ limit: 2 })
    rmSync(join(path, 'd'), { recursive: true })
    expect(await keysOf(storage, { cursor: next ?? '' })).toEqual(['e'])
  })

  it('a cursor outlives the process that gave it', async () => {
    for (const one of ['a', 'b/c', 'b/d', 'e']) write(one)
    const { next } = await open().list({ limit: 2 })
    expect(await keysOf(open(), { cursor: next ?? '' })).toEqual(['b/d', 'e'])
  })

  it('a root that is missing, or a file, is no bucket; a folder that leads out of it neither', async () => {
    write('file')
    mkdirSync(join(path, 'share'))
    symlinkSync(tmpdir(), join(path, 'share/out'))
    const at = (folder: string) => openNas({ vendor: 'nas', path: join(path, 'share'), folder })
    await expectFailure(at('missing/').list(), 'no-folder')
    await expectFailure(openNas({ vendor: 'nas', path: join(path, 'file') }).list(), 'no-mount')
    await expectFailure(openNas({ vendor: 'nas', path: join(path, 'file') }).head('x'), 'no-mount')
    await expectFailure(at('out/').list(), 'no-folder')
    expect(() => at('../')).toThrow(/does not lie below/)
  })
})
