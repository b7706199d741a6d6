/** Fills sources, brings destinations to what a workload begins with, and counts what is there afterwards. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { reportFolder } from '../model/report-row.ts'
import { putMany, smallKeys } from '../scripts/figures/fill.ts'
import type { End } from './place.ts'
import { countStored, emptyStore, withStorage } from './stored.ts'
import type { Workload } from './workloads.ts'

const run = promisify(execFile)
const MiB = 1024 ** 2
const nodeModules = fileURLToPath(new URL('../node_modules', import.meta.url))
/** Where a server keeps what is not an object yet. */
const hidden = new Set(['.sgwtmp', reportFolder.slice(0, -1)])

/** Makes the source hold what the workload says, and `kept` hold what the destination is to begin with. */
export async function fillSource(source: End, workload: Workload, kept: string): Promise<void> {
  const { files, bytes, holds } = workload
  await empty(source)
  if (source.place.vendor === 'nas') await writeFiles(source.place.path, smallKeys(files), bytes ?? 0)
  else if (bytes === undefined) await putTree(source, files)
  else await putKeys(source, smallKeys(files), bytes)
  if (holds === 'nothing') return
  await copyFolder(source.folder ?? '', kept)
  if (holds === 'most') await putKeys(source, smallKeys(files).filter((_, i) => i % 10 === 0), bytes ?? 0)
}

/** Brings the destination to where every tool begins. */
export async function prepare(destination: End, workload: Workload, kept: string, untouched: boolean): Promise<void> {
  if (destination.folder === undefined) return await emptyStore(destination)
  if (workload.holds === 'the same' && untouched) return await rm(join(destination.folder, reportFolder), { recursive: true, force: true })
  await emptyFolder(destination.folder)
  if (workload.holds !== 'nothing') await copyFolder(kept, destination.folder)
}

/** Fails unless the destination holds as many files as the workload has. */
export async function assertCopied(destination: End, { files, title }: Workload): Promise<void> {
  const { folder } = destination
  const count = await (folder === undefined ? countStored(destination) : countFiles(folder))
  if (count !== files) throw new Error(`${title}: the destination holds ${count} files of ${files}`)
}

async function countFiles(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found.filter((entry) => entry.isFile() && !hidden.has(topOf(folder, entry.parentPath))).length
}

const topOf = (folder: string, path: string): string => path.slice(folder.length + 1).split('/')[0] ?? ''

export const empty = (end: End): Promise<void> => (end.folder === undefined ? emptyStore(end) : emptyFolder(end.folder))

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}

/** With the attributes in which the server keeps what it knows of an object. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await run('cp', ['-a', `${from}/.`, to])
}

async function putKeys(end: End, keys: readonly string[], bytes: number): Promise<void> {
  const chunk = randomBytes(Math.min(bytes, 8 * MiB))
  const body = Array.from({ length: Math.ceil(bytes / chunk.length) }, (_, i) => chunk.subarray(0, Math.min(chunk.length, bytes - i * chunk.length)))
  await withStorage(end, (storage) => putMany(storage, keys, () => body))
}

async function putTree(end: End, most: number): Promise<void> {
  const found = await readdir(nodeModules, { recursive: true, withFileTypes: true })
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  if (paths.length < most) throw new Error(`node_modules has ${paths.length} files, not ${most}`)
  const chosen = paths.sort().slice(0, most)
  const keys = chosen.map((path) => path.slice(nodeModules.length + 1))
  await withStorage(end, (storage) => putMany(storage, keys, async (i) => [await readFile(chosen[i] ?? '')]))
}

async function writeFiles(folder: string, keys: readonly string[], bytes: number): Promise<void> {
  const content = randomBytes(bytes)
  for (const key of keys) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), content)
  }
}

