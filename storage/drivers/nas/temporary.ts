/** Names of what a put or an upload leaves beside its target until it is whole. Listings do not show them, keys cannot use them. */
import { createHash, randomBytes } from 'node:crypto'
import { readdir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

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
export function uploadIdsFor(name: string, siblings: readonly string[]): string[] {
  const ids = siblings.map((sibling) => uploadPattern.exec(sibling)?.[1] ?? '')
  return ids.filter((id) => id.startsWith(`${hashOf(name, 12)}-`))
}

/** Removes what killed processes of this machine were writing in a folder. */
export async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder)
  await Promise.all(names.filter(isAbandoned).map((name) => unlink(join(folder, name)).catch(() => {})))
}

function isAbandoned(name: string): boolean {
  if (!isTemporary(name) || !name.startsWith(`.tranship-${host}-`) || !name.endsWith('.tmp')) return false
  return !isAlive(Number.parseInt(name.split('-')[2] ?? '', 16))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
