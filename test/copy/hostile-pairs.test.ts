/** Every pair of systems with names and metadata that make trouble: each file stands at the other end as it was, or fails by name. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import type { Outcome } from '../../ledger/entry.ts'
import { openStorage } from '../../storage/open.ts'
import type { Metadata, Storage } from '../../storage/storage.ts'
import { findRclone } from '../support/rclone.ts'
import { printedSeed } from '../support/seed.ts'
import { kinds, startStores, type Kind } from './hostile-stores.ts'
import { entriesOf, jobOptions, KiB, put, read, rig, someBytes } from './support.ts'

const long = `long/${'0123456789abcdef/'.repeat(64)}`.slice(0, 1_019)
const keys = [
  'ünïcødé', '日本語/キー', '\u{1f600}', 'caf\u00e9', 'cafe\u0301', '\u00a0no-break', '\ufeffbom', '\ue000private', '%uFF08', '%46', '100%', '%2F', 'a%20b', 'a+b', '#', 'a?b=c&d', '&amp;', 'a:b', '<x>', 'acl', 'uploads',
  '"quoted"', "it's", 'a\\b', '\\begins', '..\\up', ' begins', 'ends ', 'ends.', '...', 'a/ /b', '$1', '*', 'n'.repeat(255), `${long}last`,
  'tab\there', 'line\nbreak', 'escape\u001b[0m', 'c1\u0085', 'double//slash', '/leading', '../up', 'a/../../etc', './x', 'conflict', 'conflict/', 'conflict/below', 'n'.repeat(256),
]

const files = [/^\/|\/\//, /(^|\/)\.{1,2}(\/|$)/, /[^/]{256}/]
/** What a system cannot hold; of servers, what they do otherwise than the system they stand for. */
const cannot: Readonly<Record<Kind, readonly RegExp[]>> = {
  s3: [],
  oss: [/^[/\\]/],
  azblob: [/\\/, /\.(\/|$)/, /[\x00-\x1f\x7f-\x9f]/, /[\ue000-\uf8ff]/],
  nas: files,
  sftp: files,
}
/** The conformance suite says why: versitygw keeps objects as files, and cleans names. */
const quirks: Readonly<Partial<Record<Kind, readonly RegExp[]>>> = { s3: [...files, /[\x00-\x1f\x7f-\x9f]/] }
const matches = (patterns: readonly RegExp[] | undefined, key: string): boolean => (patterns ?? []).some((pattern) => pattern.test(key))
const isTree = (kind: Kind): boolean => kind === 'nas' || kind === 'sftp' || kind === 's3'

const metadata: Metadata = {
  contentType: 'text/html; charset=utf-8', cacheControl: 'no-cache', contentEncoding: 'gzip', contentDisposition: 'attachment; filename="a b.html"', contentLanguage: 'de',
  user: { note: 'grüße 世界', 'with-hyphen': 'a, b; c=d', under_score: '1' },
}

let stores: Awaited<ReturnType<typeof startStores>>
beforeAll(async () => {
  stores = await startStores()
  for (const kind of kinds) {
    const source = await stores.open(kind, 'source')
    const plain = { user: {} }
    for (const key of heldBy(kind)) await put(source, key, key.endsWith('/') ? '' : `${kind} ${key}`, plain)
    await put(source, 'parts', someBytes(300 * KiB), source.abilities.userMetadata ? described(kind) : plain)
  }
})
afterAll(() => stores?.stop())

/** OSS takes no underscore in a name. */
const described = (kind: Kind): Metadata => {
  const { under_score: _, ...user } = metadata.user
  return kind === 'oss' ? { ...metadata, user } : metadata
}

function heldBy(kind: Kind): string[] {
  const held = keys.filter((key) => !matches(cannot[kind], key) && !matches(quirks[kind], key))
  return isTree(kind) ? held.filter((key) => !key.startsWith('conflict/')) : held
}

const pairs = kinds.flatMap((from) => kinds.filter((to) => to !== from).map((to) => [from, to] as const))

describe('hostile names and metadata', () => {
  it.each(pairs)('from %s to %s: each file is there as it was, or failed by name', { timeout: 120_000 }, async (from, to) => {
    const [source, destination] = [await stores.open(from, 'source'), await stores.open(to, `from-${from}`)]
    const entries = (await entriesOf(source)).filter(({ key }) => !matches(quirks[to], key) && !(isTree(to) && key.startsWith('conflict/')))
    const { done, outcomes } = await copyBatch(rig({ source, destination, entries, options: jobOptions({ metadataPolicy: 'drop' }) }))
    expect(done).toBe(true)
    const ofKind = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).map(({ key }) => key).toSorted()
    const refused = entries.map(({ key }) => key).filter((key) => matches(cannot[to], key)).toSorted()
    expect(ofKind('failed')).toEqual(refused)
    for (const outcome of outcomes) if (outcome.kind === 'failed') expect([outcome.key, outcome.code]).toEqual([outcome.key, 'KeyUnsupported'])
    expect(ofKind('completed').length).toBeGreaterThan(15)
    expect((await entriesOf(destination)).map(({ key }) => key).toSorted()).toEqual(ofKind('completed'))
    for (const key of ofKind('completed')) expect((await read(destination, key)).equals(await read(source, key)), JSON.stringify(key)).toBe(true)
    await expectMetadata(source, destination, from, to)
  })

  it('is tried for every pair there is', () => expect(pairs).toHaveLength(20))
})

/** Between stores everything is kept that both can hold; files have their time alone. */
async function expectMetadata(source: Storage, destination: Storage, from: Kind, to: Kind): Promise<void> {
  const [before, after] = [await source.head('parts'), await destination.head('parts')]
  if (source.abilities.userMetadata && destination.abilities.userMetadata) {
    const { under_score: _, ...hyphens } = described(from).user
    expect(after.metadata).toEqual({ ...described(from), user: to === 'oss' ? hyphens : described(from).user })
  } else if (!source.abilities.userMetadata && !destination.abilities.userMetadata) {
    expect(Math.abs(after.mtimeMs - before.mtimeMs)).toBeLessThan(1_000)
  } else if (destination.abilities.userMetadata) {
    expect(Number(after.metadata.user['mtime']) * 1_000).toBeCloseTo(before.mtimeMs, 0)
  }
}

describe.each(['nas', 'sftp'] as const)('a folder of %s', (kind) => {
  it('is left by no name: neither by dots nor through a link in the way', async () => {
    const outside = join(stores.folders[kind], 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'precious'), 'precious')
    const folder = join(stores.folders[kind], `from-${kind}`)
    symlinkSync(outside, join(folder, 'out'))
    const source = await openStorage({ vendor: 'memory', store: `leaving ${kind}` })
    const names = ['out/precious', 'out/new', '../outside/precious', '/etc/tranship-was-here', 'a/../../outside/new', '..']
    for (const key of names) await put(source, key, 'stolen')
    const destination = await stores.open(kind, `from-${kind}`)
    const { outcomes } = await copyBatch(rig({ source, destination, entries: await entriesOf(source) }))
    expect(outcomes.map((outcome) => outcome.kind === 'failed' && outcome.code)).toEqual(names.map(() => 'KeyUnsupported'))
    expect([readdirSync(outside), readFileSync(join(outside, 'precious'), 'utf8'), existsSync('/etc/tranship-was-here')]).toEqual([['precious'], 'precious', false])
    unlinkSync(join(folder, 'out'))
  })
})

describe('a random tree', () => {
  it('comes back equal through every kind of store', { timeout: 180_000 }, async () => {
    const tree = randomTree(printedSeed('random tree'))
    const first = join(stores.folders.nas, 'chain')
    for (const [key, bytes] of tree) {
      mkdirSync(dirname(join(first, key)), { recursive: true })
      writeFileSync(join(first, key), bytes)
    }
    const last = join(stores.folders.nas, 'from-nas')
    const chain = [await stores.open('nas', 'chain'), await stores.open('oss', 'chain'), await stores.open('azblob', 'chain'), await stores.open('sftp', 'chain'), await stores.open('s3', 'chain'), await stores.open('nas', 'from-nas')]
    for (const [i, destination] of chain.slice(1).entries()) {
      const source = chain[i]!
      const { counts, done } = await copyBatch(rig({ source, destination, entries: await entriesOf(source) }))
      expect([done, counts.completed.files]).toEqual([true, tree.size])
    }
    expect(contentsOf(last)).toEqual(contentsOf(first))
    expect(contentsOf(first).size).toBe(tree.size)
    const rclone = findRclone()
    if (rclone !== undefined) execFileSync(rclone, ['check', '--download', first, last])
  })
})

/** Of names that every kind can hold. */
function randomTree(seed: number): Map<string, Buffer> {
  const name = fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', '+', '%', '&', '=', '#', '?', "'", '"', '~', 'é', 'e\u0301', '世', '\u{1f600}', '-', '_', '%41'), minLength: 1, maxLength: 12 }).map((text) => `${text}x`)
  const key = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
  const size = fc.oneof(fc.constantFrom(0, 1, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, 128 * KiB, 300 * KiB + 7), fc.nat(10_000))
  const drawn = fc.sample(fc.tuple(key, size), { seed, numRuns: 150 })
  const tree = new Map<string, Buffer>()
  const isFree = (wanted: string): boolean => ![...tree.keys()].some((held) => held === wanted || held.startsWith(`${wanted}/`) || wanted.startsWith(`${held}/`))
  for (const [i, [wanted, bytes]] of drawn.entries()) if (isFree(wanted)) tree.set(wanted, someBytes(bytes, i + 1))
  return tree
}

/** Our own comparer: what lies below a folder, read by nothing of ours. */
function contentsOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(join(folder, name)).isFile()).toSorted()
  return new Map(names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]))
}
