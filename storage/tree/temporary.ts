/** Names of what a put or an upload keeps beside its target until it is whole. Listings do not show them, no key can be one. */
import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

const hashOf = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length)
const host = hashOf(hostname(), 8)
const pattern = /^\.tranship-[0-9a-f]+-[0-9a-f]+(-[0-9a-f]+)?\.(tmp|upload)$/

export const isTemporary = (name: string): boolean => name.startsWith('.tranship-') && pattern.test(name)

/** This process, in names of its own files within an upload. */
export const writerName = `${host}-${process.pid.toString(16)}`

const ownPrefix = randomBytes(8).toString('hex')
let names = 0

/** Says which process writes it, so that what a killed one left can be told from what another is writing. */
export const temporaryName = (): string => `.tranship-${writerName}-${ownPrefix}${(names++).toString(16).padStart(8, '0')}.tmp`

/** Ids tell the file's name that they are for, so that uploads of one file are found without opening them. */
export const newUploadId = (name: string): string => `${hashOf(name, 12)}-${randomBytes(8).toString('hex')}`
export const uploadName = (uploadId: string): string => `.tranship-${uploadId}.upload`
const uploadPattern = /^\.tranship-([0-9a-f]{12}-[0-9a-f]{16})\.upload$/
export const isUploadId = (uploadId: string): boolean => uploadPattern.test(uploadName(uploadId))
export const isUpload = (name: string): boolean => name.endsWith('.upload')

/** Of the temporary names of a folder, the ids of uploads that may be for a file of this name. */
export function uploadIdsFor(name: string, temporaries: readonly string[]): string[] {
  const ids = temporaries.map((temporary) => uploadPattern.exec(temporary)?.[1] ?? '')
  return ids.filter((id) => id.startsWith(`${hashOf(name, 12)}-`))
}

/** A put of this machine, whose process has ended. */
export function isAbandoned(name: string): boolean {
  return name.startsWith(`.tranship-${host}-`) && !isUpload(name) && !isAlive(Number.parseInt(name.split('-')[2] ?? '', 16))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
