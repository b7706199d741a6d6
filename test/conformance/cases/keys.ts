import { expect } from 'vitest'
import type { Bench, Check } from '../suite.ts'
import type { Quirk } from '../target.ts'
import { expectFailure, keysOf, put, readText } from '../tools.ts'

const long = (bytes: number): string => {
  const text = `long/${'0123456789abcdef/'.repeat(64)}`
  return text.slice(0, bytes - 1) + 'x'
}

const groups: readonly { readonly what: string; readonly keys: readonly string[]; readonly quirk?: Quirk }[] = [
  { what: 'unicode', keys: ['ünïcødé', '日本語/キー', '\u{1f600}', '（full width）', '\u00a0no-break', '\u200bzero', '\u{10ffff}', '\ufffd', '\ue000private', '\ufeffbom'] },
  { what: 'NFC beside NFD', keys: ['caf\u00e9', 'cafe\u0301'] },
  { what: 'control characters', keys: ['tab\there', 'line\nbreak', 'return\rhere', 'bell\u0007', 'escape\u001b[0m', 'delete\u007f', 'c1\u0085', 'one\u0001'], quirk: 'control characters' },
  { what: 'percent signs', keys: ['%uFF08', '%46', '%', '100%', '%2F', 'a%20b', '%zz'] },
  { what: '+ # ? & = ; , : @ $ !', keys: ['+', 'a+b', '#', '?', 'a?b=c&d', '&amp;', '=', ';', ',', 'a:b', '@', '$1', '!', '*', '(x)', '[x]', '{x}', '~', '^', '|', '`', '<x>', 'acl', 'uploads'] },
  { what: 'quotes and backslashes', keys: ['"', "it's", 'a\\b', '\\begins', '..\\up', '<![CDATA[x]]>', '"quoted"'] },
  { what: 'spaces and dots at the ends', keys: [' begins', 'ends ', ' ', 'ends.', '.hidden', '...', 'a/ /b', 'a. /b .', '\u3000wide'] },
  { what: 'double slashes', keys: ['double//slash', 'triple///slash'], quirk: 'odd names' },
  { what: 'a leading slash', keys: ['/leading', '//twice'], quirk: 'odd names' },
  { what: 'dots as names', keys: ['./x', '../x', 'a/./b', 'a/../b', '.', '..', 'a/..'], quirk: 'odd names' },
  { what: 'up to 1,024 bytes', keys: [long(1_023), long(1_024)] },
  { what: 'names of 255 bytes', keys: ['n'.repeat(255), `${'é'.repeat(127)}x`] },
  { what: 'a name of 256 bytes', keys: ['n'.repeat(256)] },
]

export function keyCases(check: Check): void {
  for (const { what, keys, quirk } of groups) {
    check(`keys: ${what}`, async (bench) => {
      const reason = quirk && bench.target.quirks?.[quirk]
      if (reason) bench.skip(reason)
      await roundTrip(bench, keys)
    })
  }

  check('keys: a slash at the end, of zero bytes', async ({ storage }) => {
    await put(storage, 'folder/', '')
    expect(await keysOf(storage)).toEqual(['folder/'])
    expect(await storage.head('folder/')).toMatchObject({ key: 'folder/', size: 0 })
    expect(await readText(storage, 'folder/')).toBe('')
    await storage.delete('folder/')
    expect(await keysOf(storage)).not.toContain('folder/')
  })

  check('keys: a beside a/ and a/b', async (bench) => {
    const reason = bench.target.quirks?.['names within names']
    if (reason) bench.skip(reason)
    const keys = ['a', 'a/', 'a/b', 'a/b/c']
    for (const key of keys) await put(bench.storage, key, key.endsWith('/') ? '' : key)
    expect(await keysOf(bench.storage)).toEqual(keys)
    await bench.storage.delete('a')
    expect(await keysOf(bench.storage)).toEqual(keys.slice(1))
  })
}

/** At the root, so that the key is what it seems to be. What is refused is refused before anything is written. */
async function roundTrip({ target: { storage, refuses = [] } }: Bench, keys: readonly string[]): Promise<void> {
  const isRefused = (key: string) => refuses.some((refusal) => refusal.keys.test(key))
  const before = await keysOf(storage)
  const kept = keys.filter((key) => !isRefused(key))
  for (const key of keys.filter(isRefused)) await expectFailure(put(storage, key), 'key-unsupported')
  expect(kept.map((key) => storage.refuses?.key?.(key))).toEqual(kept.map(() => undefined))
  for (const key of kept) await put(storage, key)
  for (const key of kept) expect(await readText(storage, key), JSON.stringify(key)).toBe(key)
  for (const key of kept) expect((await storage.head(key)).key).toBe(key)
  expect((await keysOf(storage)).filter((key) => !before.includes(key)).sort()).toEqual(kept.toSorted())
  for (const key of kept) await storage.delete(key)
  expect((await keysOf(storage)).filter((key) => keys.includes(key))).toEqual([])
}
