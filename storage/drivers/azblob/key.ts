import { StorageError } from '../../error.ts'

const maxCharacters = 1024
const maxSegments = 254

/**
 * What the service refuses, or would keep under another name: it turns a backslash into a slash and takes the dots off the end
 * of a name between slashes (`..` leads elsewhere). Microsoft names control characters and "code points like U+E000" as not
 * allowed, without a list: the private use area and the noncharacters are taken to be meant.
 */
const faults: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'A key may not be empty.'],
  [/\\/, 'Azure turns a backslash into a slash.'],
  [/\.(\/|$)/, 'Azure drops dots at the end of a name between slashes.'],
  [/[\x00-\x1f\x7f-\x9f]/, 'Azure takes no control characters.'],
  [/[\ue000-\uf8ff\ufdd0-\ufdef]|\p{Noncharacter_Code_Point}/u, 'Azure takes no private or unassignable code points.'],
]

/** Fails `key-unsupported`, before anything is sent. */
export function checkedKey(key: string): string {
  const fault = keyFault(key)
  if (fault !== undefined) throw new StorageError(fault, { kind: 'key-unsupported' })
  return key
}

/** Pure. */
export function keyFault(key: string): string | undefined {
  if (!key.isWellFormed()) return 'The key is not well-formed Unicode.'
  if (key.length > maxCharacters) return `The key has ${key.length} characters, Azure holds at most ${maxCharacters}.`
  if (key.split('/').length > maxSegments) return `The key has more than ${maxSegments} names between slashes.`
  return faults.find(([pattern]) => pattern.test(key))?.[1]
}
