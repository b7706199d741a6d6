import { StorageError } from '../../error.ts'

export const maxKeyBytes = 1024

/** Fails `key-unsupported`, before anything is sent. */
export function checkedKey(key: string): string {
  const fault = keyFault(key)
  if (fault !== undefined) throw new StorageError(fault, { kind: 'key-unsupported' })
  return key
}

/** Google's naming rules for objects. Pure. */
export function keyFault(key: string): string | undefined {
  if (key === '') return 'A key may not be empty.'
  if (!key.isWellFormed()) return 'The key is not well-formed Unicode.'
  if (/[\r\n]/.test(key)) return 'Cloud Storage holds no key with a carriage return or line feed.'
  if (key === '.' || key === '..') return `Cloud Storage holds no key "${key}".`
  if (key.startsWith('.well-known/acme-challenge/')) return 'Cloud Storage holds no key that begins with ".well-known/acme-challenge/".'
  const bytes = Buffer.byteLength(key)
  return bytes > maxKeyBytes ? `The key has ${bytes} bytes, Cloud Storage holds at most ${maxKeyBytes}.` : undefined
}
