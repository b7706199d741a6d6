import { mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobOptions } from '../../model/job.ts'
import type { JobView } from '../../model/status.ts'
import { startOssServer } from '../servers/stores/server.ts'
import type { StoreServer } from '../servers/stores/server.ts'
import { temporaryFolder } from '../support/processes.ts'
import { ossAddress, ossClient, ossKey, readAllOss } from './oss-bucket.ts'
import type { FoundInOss } from './oss-bucket.ts'
import { accountsFor, listsOf, reportFolder } from './report-lists.ts'
import type { Lists } from './report-lists.ts'
import { startTranship } from './tranship.ts'
import type { Tranship } from './tranship.ts'

let oss: StoreServer
let tranship: Tranship
let jobs = 0
const folder = temporaryFolder('options')
const old = Date.UTC(2020, 0, 1)
const young = Date.UTC(2025, 0, 1)

const files = ['a.txt', 'b.jpg', 'logs/2024/x.log', 'logs/y.log', 'pictures/c.jpg', 'pictures/raw/d.jpg', 'large.bin']

async function write(key: string, bytes: string | Buffer, mtimeMs = old): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true })
  await writeFile(join(folder, key), bytes)
  await utimes(join(folder, key), mtimeMs / 1_000, mtimeMs / 1_000)
}

beforeAll(async () => {
  oss = await startOssServer({ buckets: [{ name: 'archive' }, { name: 'notes' }], keys: [ossKey] })
  tranship = await startTranship({
    share: { vendor: 'nas', path: folder }, archive: ossAddress(oss, 'archive'), notes: ossAddress(oss, 'notes'),
  })
})
afterAll(async () => {
  await tranship?.stop()
  await oss?.close()
})
async function empty(): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}

beforeEach(async () => {
  await empty()
  for (const key of files) await write(key, key === 'large.bin' ? Buffer.alloc(100_000, 1) : key)
})

interface Result {
  readonly view: JobView
  readonly there: ReadonlyMap<string, FoundInOss>
  readonly lists: Lists
  readonly prefix: string
}

async function migrate(options: Partial<JobOptions> = {}, prefix = `job-${++jobs}/`, run = 1): Promise<Result> {
  const job = `options-${prefix.replace('/', '')}`
  const view = await tranship.run({ job, source: 'share', destination: `archive:${prefix}`, ...options }, run > 1)
  const all = await readAllOss(ossClient(oss, 'archive'))
  const there = new Map([...all].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]))
  return { view, there, lists: listsOf(there, job, run), prefix }
}

const copiedBy = ({ there }: Result): string[] => [...there.keys()].filter((key) => !key.startsWith(reportFolder)).sort()

describe('what a job leaves out', () => {
  it('globs: exclude wins, and what is left out is counted, in no list', async () => {
    const result = await migrate({ include: ['**/*.jpg', 'logs/**'], exclude: ['**/raw/**'] })
    expect(copiedBy(result)).toEqual(['b.jpg', 'logs/2024/x.log', 'logs/y.log', 'pictures/c.jpg'])
    expect(result.view).toMatchObject({ status: 'Completed', completed: { files: 4 }, excluded: { files: 3 }, listed: { files: 4 } })
    expect(accountsFor(result.lists, copiedBy(result))).toBe(true)
  })

  it('sizes, and files older than the start time point', async () => {
    await write('a.txt', 'fresh', young)
    expect(copiedBy(await migrate({ sinceMs: young }))).toEqual(['a.txt'])
    expect(copiedBy(await migrate({ minSize: 50_000 }))).toEqual(['large.bin'])
    expect(copiedBy(await migrate({ maxSize: 5 }))).toEqual(['a.txt', 'b.jpg'])
  })

  it('is listed when asked for', async () => {
    const { there, prefix } = await migrate({ include: ['*.jpg'], listExcluded: true })
    const list = there.get(`${reportFolder}options-${prefix.replace('/', '')}@1_excluded_list`)
    expect(String(list?.bytes).trim().split('\r\n').slice(1).map((row) => row.split(',')[0]).sort()).toEqual(files.filter((key) => key !== 'b.jpg').sort())
  })
})

describe('the overwrite rule', () => {
  it.each([
    ['when-different', ['changed.txt', 'newer.txt'], { 'a.txt': 'same', 'older.txt': 'same' }],
    ['if-newer', ['newer.txt'], { 'a.txt': 'not-newer', 'changed.txt': 'not-newer', 'older.txt': 'not-newer' }],
    ['never', [], { 'a.txt': 'exists', 'changed.txt': 'exists', 'newer.txt': 'exists', 'older.txt': 'exists' }],
    ['always', ['a.txt', 'changed.txt', 'newer.txt', 'older.txt'], {}],
  ] as const)('%s', async (overwrite, copied, skipped) => {
    await empty()
    await write('a.txt', 'a')
    for (const key of ['changed.txt', 'newer.txt', 'older.txt']) await write(key, 'first')
    const { prefix } = await migrate()
    await write('changed.txt', 'another size')
    await write('newer.txt', 'other', Date.now() + 3_600_000)
    const { view, lists } = await migrate({ overwrite }, prefix, 2)
    expect(view.status).toBe('Completed')
    expect(lists.completed.map((row) => row.file_name).sort()).toEqual([...copied])
    expect(Object.fromEntries(lists.skipped.map((row) => [row.file_name, row.reason]))).toEqual(skipped)
  })
})

describe('what a folder holds besides files', () => {
  it('links are listed, or followed when asked; empty folders become names with a slash when asked', async () => {
    await symlink(join(folder, 'a.txt'), join(folder, 'link.txt'))
    await mkdir(join(folder, 'empty'))
    const plain = await migrate()
    expect(plain.lists.skipped.map((row) => [row.file_name, row.reason])).toEqual([['empty/', 'not-a-file'], ['link.txt', 'symlink']])
    const asked = await migrate({ followSymlinks: true, emptyDirectories: true })
    expect(asked.lists.skipped).toEqual([])
    expect(String(asked.there.get('link.txt')?.bytes)).toBe('a.txt')
    expect(asked.there.get('empty/')?.bytes.length).toBe(0)
  })
})

describe('a job', () => {
  it('ends early when more files failed than it may, and says how many', async () => {
    for (let i = 0; i < 30; i++) await write(`\\bad-${i}`, 'x')
    const view = await tranship.run({ job: 'options-failing', source: 'share', destination: 'notes', maxFailed: { files: 5 } })
    expect(view).toMatchObject({ status: 'Failed', reason: { code: 'TooManyFailed' }, failed: { files: 30 } })
    const lists = listsOf(await readAllOss(ossClient(oss, 'notes')), 'options-failing', 1)
    expect(lists.error.every(({ code }) => code === 'KeyUnsupported')).toBe(true)
    expect(lists.total.length).toBe(lists.completed.length + lists.skipped.length + lists.error.length)
  })

  it('keeps its ledger elsewhere when told to, and leaves nothing of it', async () => {
    const { there } = await migrate({ ledger: 'notes' })
    expect(copiedBy({ there } as Result)).toEqual([...files].sort())
    expect([...(await readAllOss(ossClient(oss, 'notes'))).keys()].filter((key) => key.includes('.ledger'))).toEqual([])
  })

  it('stores classes by the map', async () => {
    const first = await migrate({})
    const again = await tranship.run({
      job: 'options-classes', source: `archive:${first.prefix}`, destination: 'notes:classes/', storageClassMap: { Standard: 'IA' },
    })
    expect(again).toMatchObject({ status: 'Completed', completed: { files: files.length } })
    const { res } = await ossClient(oss, 'notes').head('classes/a.txt')
    expect((res.headers as Record<string, string>)['x-oss-storage-class']).toBe('IA')
  })
})
