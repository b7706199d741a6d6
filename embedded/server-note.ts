/** `server.json` in the data folder: where the folder's own Temporal server answers. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { asking } from './asking.ts'
import { isAlive } from './process.ts'

export interface ServerNote {
  readonly address: string
  readonly ui: string | null
  readonly pid: number
  readonly namespace: string
}

const fileName = 'server.json'
const answersWithinMs = 5_000

/** The note of a live server in `dataDir` of this folder or of the nearest one above that has one. */
export async function findLiveServer(folder: string, dataDir = '.tranship'): Promise<ServerNote | undefined> {
  const note = await readLiveNote(resolve(folder, dataDir))
  if (note) return note
  const above = dirname(resolve(folder))
  return above === resolve(folder) ? undefined : findLiveServer(above, dataDir)
}

/** The note in this data folder, if its process runs and its server answers. */
export async function readLiveNote(dataDir: string): Promise<ServerNote | undefined> {
  const note = await readNote(dataDir)
  return note && isAlive(note.pid) && (await answers(note.address)) ? note : undefined
}

export async function writeNote(dataDir: string, note: ServerNote): Promise<void> {
  await writeJson(join(dataDir, fileName), note)
}

/** Removes the note if it is of this process. */
export async function forgetNote(dataDir: string, pid: number): Promise<void> {
  const note = await readNote(dataDir)
  if (note?.pid === pid) await rm(join(dataDir, fileName), { force: true })
}

async function readNote(dataDir: string): Promise<ServerNote | undefined> {
  const note = await readJson<Partial<ServerNote>>(join(dataDir, fileName))
  return note?.address && note.pid && note.namespace ? (note as ServerNote) : undefined
}

async function answers(address: string): Promise<boolean> {
  try {
    await asking(address, (connection) =>
      connection.withDeadline(Date.now() + answersWithinMs, () => connection.workflowService.getSystemInfo({})),
    )
    return true
  } catch {
    return false
  }
}

/** Undefined when the file is missing or is not JSON. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

/** Readers see the old text or the new one. */
export async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(`${file}.part`, `${JSON.stringify(value, null, 2)}\n`)
  await rename(`${file}.part`, file)
}
