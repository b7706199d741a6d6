/** Names of what a put or an upload keeps beside its target until it is whole. Listings do not show them, no key can be one. */
import { createHash, randomBytes } from 'node:crypto'
import { opendir, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { codeOf } from './error.ts'

const hashOf = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length)
const host = hashOf(hostname(), 8)
const pattern = /^\.tranship-[0-9a-f]+-[0-9a-f]+(-[0-9a-f]+)?\.(tmp|upload)$/

export const isTemporary = (name: string): boolean => name.startsWith('.tranship-') && pattern.test(name)

/** Says which process writes it, so that what a killed one left can be told from what another is writing. */
export const temporaryName = (): string => `.tranship-${host}-${process.pid.toString(16)}-${randomBytes(8).toString('hex')}.tmp`

/** This process, in names of its own files within an upload. */
export const writerName = `${host}-${process.pid.toString(16)}`

export const newUploadId = (name: string): string => `${hashOf(name, 12)}-${randomBytes(8).toString('hex')}`
export const uploadName = (uploadId: string): string => `.tranship-${uploadId}.upload`
const uploadPattern = /^\.tranship-([0-9a-f]{12}-[0-9a-f]{16})\.upload$/
export const isUploadId = (uploadId: string): boolean => uploadPattern.test(uploadName(uploadId))

/** The ids of uploads in a folder that may be for a file of this name. */
export async function uploadIdsFor(name: string, folder: string): Promise<string[]> {
  const ids = (await temporariesIn(folder)).map((temporary) => uploadPattern.exec(temporary)?.[1] ?? '')
  return ids.filter((id) => id.startsWith(`${hashOf(name, 12)}-`))
}

/** Removes what killed processes of this machine were writing in a folder, and uploads that were cut off after their end. */
export async function sweep(folder: string): Promise<void> {
  await Promise.all((await temporariesIn(folder)).map((name) => sweepOne(join(folder, name), name)))
}

/** Read as a stream: a folder may hold millions of names. */
async function temporariesIn(folder: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of await opendir(folder, { bufferSize: 1_024 })) if (isTemporary(name)) names.push(name)
  return names
}

async function sweepOne(path: string, name: string): Promise<void> {
  if (name.endsWith('.upload') ? await isOver(path) : isAbandoned(name)) await rm(path, { recursive: true, force: true })
}

/** An upload begins with `data` and ends by giving it away. */
async function isOver(upload: string): Promise<boolean> {
  const names = await readdir(upload)
  return names.includes('upload.json') && !names.includes('data')
}

function isAbandoned(name: string): boolean {
  return name.startsWith(`.tranship-${host}-`) && !isAlive(Number.parseInt(name.split('-')[2] ?? '', 16))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}
