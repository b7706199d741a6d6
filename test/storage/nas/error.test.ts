import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { StorageError, type StorageErrorKind } from '../../../storage/error.ts'
import { toStorageError } from '../../../storage/drivers/nas/error.ts'

const fault = (code: string): Error => {
  const errno = -(constants.errno[code as keyof typeof constants.errno] ?? 9_999)
  return Object.assign(new Error(`${code}: some words, open '/mnt/secret/place'`), { code, errno, syscall: 'open' })
}

const table: readonly (readonly [string, StorageErrorKind, boolean, 'file' | 'address'])[] = [
  ['ENOENT', 'not-found', false, 'file'],
  ['EACCES', 'forbidden', false, 'file'],
  ['EPERM', 'forbidden', false, 'file'],
  ['EROFS', 'forbidden', false, 'address'],
  ['ENOSPC', 'full', false, 'address'],
  ['EDQUOT', 'full', false, 'address'],
  ['EFBIG', 'too-large', false, 'file'],
  ['EEXIST', 'precondition', false, 'file'],
  ['ENOTDIR', 'not-a-file', false, 'file'],
  ['EISDIR', 'not-a-file', false, 'file'],
  ['ELOOP', 'not-a-file', false, 'file'],
  ['ENXIO', 'not-a-file', false, 'file'],
  ['ENAMETOOLONG', 'key-unsupported', false, 'file'],
  ['EILSEQ', 'key-unsupported', false, 'file'],
  ['EMFILE', 'throttled', true, 'file'],
  ['ENFILE', 'throttled', true, 'file'],
  ['EBUSY', 'unavailable', true, 'file'],
  ['EIO', 'unavailable', true, 'address'],
  ['ESTALE', 'unavailable', true, 'address'],
  ['ENOTCONN', 'network', true, 'address'],
  ['EHOSTDOWN', 'network', true, 'address'],
  ['ETIMEDOUT', 'timeout', true, 'file'],
  ['EWHATEVER', 'unexpected', false, 'file'],
]

describe('what a file system error means', () => {
  it.each(table)('%s is %s (retryable: %s, scope: %s)', (code, kind, retryable, scope) => {
    expect(toStorageError(fault(code), 'a/key')).toMatchObject({ kind, retryable, scope, code })
  })

  it('the message has the system’s words and the key, not the path on the worker', () => {
    const { message } = toStorageError(fault('ENOSPC'), 'a/key')
    expect(message).toBe('ENOSPC: no space left on device (a/key)')
  })

  it('a StorageError passes as it is', () => {
    const error = new StorageError('said already', { kind: 'range' })
    expect(toStorageError(error, 'a/key')).toBe(error)
  })

  it('what is no error at all is unexpected', () => {
    expect(toStorageError('text', 'a/key')).toMatchObject({ kind: 'unexpected' })
  })
})
