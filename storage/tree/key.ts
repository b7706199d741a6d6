import { utf8Length } from '../../model/keys.ts'
import { StorageError } from '../error.ts'
import { isTemporary } from './temporary.ts'

const maxNameBytes = 255

/** Why no path can stand for this key; undefined when one can. A `/` at the end names a folder. Pure. */
export function keyFault(key: string): string | undefined {
  if (key === '') return 'it is empty'
  if (!key.isWellFormed()) return 'it is not well-formed Unicode'
  if (key.includes('\0')) return 'a file name cannot hold a NUL character'
  if (key.startsWith('/')) return 'it begins with "/"'
  return (key.endsWith('/') ? key.slice(0, -1) : key).split('/').map(nameFault).find((fault) => fault !== undefined)
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'it has "//", and a folder needs a name'
  if (name === '.' || name === '..') return `"${name}" is not the name of a file`
  if (isTemporary(name)) return `"${name}" is a name that tranship keeps for files it is writing`
  return utf8Length(name) > maxNameBytes ? `"${name.slice(0, 20)}…" has more than ${maxNameBytes} bytes` : undefined
}

export function assertKey(key: string): void {
  const fault = keyFault(key)
  if (fault) throw unsupported(key, fault)
}

export function unsupported(key: string, why: string): StorageError {
  return new StorageError(sentenceOf(key, why), { kind: 'key-unsupported' })
}

const sentenceOf = (key: string, why: string): string => `A folder cannot hold the key ${JSON.stringify(key)}: ${why}.`

/** As `keyFault`, for people. */
export function keySentence(key: string): string | undefined {
  const fault = keyFault(key)
  return fault && sentenceOf(key, fault)
}

/** '' for a file in the root, else ending in '/'. */
export const parentOf = (key: string): string => key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1)
