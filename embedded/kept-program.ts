/**
 * A newer server may not read an older one's data. So a data folder notes the program that wrote it, and that program is used
 * again until no job is open; programs that may be replaced where they lie (on PATH) are copied into the cache for this.
 */
import { access, constants, copyFile, link, mkdir, rename, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { cacheFolder, type FindOptions } from './program.ts'
import { readJson, writeJson } from './server-note.ts'
import { findTemporal, serverVersion } from './temporal-program.ts'

interface Kept {
  readonly program: string
  readonly server: string
  /** As of the last orderly stop; null since a start. */
  readonly openJobs: number | null
}

export const dbFileIn = (dataDir: string): string => join(dataDir, 'temporal.db')
const keptFileIn = (dataDir: string): string => join(dataDir, 'temporal-program.json')

const isThere = (file: string, mode = constants.F_OK): Promise<boolean> => access(file, mode).then(() => true, () => false)

/** The program to start on this data folder. Data of another version without open jobs is set aside. */
export async function programFor(dataDir: string, options?: FindOptions): Promise<string> {
  const kept = (await isThere(dbFileIn(dataDir))) ? await readJson<Kept>(keptFileIn(dataDir)) : undefined
  if (kept && kept.openJobs !== 0 && (await isThere(kept.program, constants.X_OK))) return kept.program
  const found = await findTemporal(options)
  const server = (await serverVersion(found)) ?? 'unknown'
  if (kept && kept.server !== server) await leave(dataDir, kept, server)
  const program = await keep(found, server)
  await writeJson(keptFileIn(dataDir), { program, server, openJobs: null } satisfies Kept)
  return program
}

/** Told at an orderly stop; with none open, the next start may use another version. */
export async function noteOpenJobs(dataDir: string, openJobs: number | null): Promise<void> {
  const kept = await readJson<Kept>(keptFileIn(dataDir))
  if (kept) await writeJson(keptFileIn(dataDir), { ...kept, openJobs })
}

async function leave(dataDir: string, kept: Kept, server: string): Promise<void> {
  const dbFile = dbFileIn(dataDir)
  if (kept.openJobs !== 0) {
    throw new Error(
      `${dbFile} may hold open jobs of Temporal server ${kept.server}, whose program is gone (${kept.program}), and ${server} ` +
        `may not read it: put that version back on PATH, or move the file away to forget those jobs.`,
    )
  }
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (await isThere(dbFile + suffix)) await rename(dbFile + suffix, join(dataDir, `temporal-${kept.server}.db${suffix}`))
  }
}

async function keep(program: string, server: string): Promise<string> {
  const bin = join(cacheFolder(), 'bin')
  if (program.startsWith(bin + sep)) return program
  const copy = join(bin, `temporal-server-${server}`)
  if (await isThere(copy, constants.X_OK)) return copy
  await mkdir(bin, { recursive: true })
  const part = `${copy}.part-${process.pid}`
  await rm(part, { force: true })
  await link(program, part).catch(() => copyFile(program, part, constants.COPYFILE_FICLONE))
  await rename(part, copy)
  return copy
}
