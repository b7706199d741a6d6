import { describe, expect, it } from 'vitest'
import { addressFault } from '../../../storage/address-fault.ts'
import { toConnectionError, toStorageError } from '../../../storage/drivers/sftp/error.ts'
import { hostKeyFault, seenKey } from '../../../storage/drivers/sftp/host-key.ts'
import { StorageError, type StorageErrorKind } from '../../../storage/error.ts'

type Row = readonly [what: string, words: string, facets: object, kind: StorageErrorKind, retryable: boolean, scope: 'file' | 'address']
const fault = (words: string, facets: object): Error => Object.assign(new Error(words), facets)

const answers: readonly Row[] = [
  ['NO_SUCH_FILE', 'No such file', { code: 2 }, 'not-found', false, 'file'],
  ['PERMISSION_DENIED', 'Permission denied', { code: 3 }, 'forbidden', false, 'file'],
  ['FAILURE', 'Failure', { code: 4 }, 'unexpected', false, 'file'],
  ['FAILURE', 'No space left on device', { code: 4 }, 'full', false, 'address'],
  ['FAILURE', 'Disk quota exceeded', { code: 4 }, 'full', false, 'address'],
  ['FAILURE', 'Read-only file system', { code: 4 }, 'forbidden', false, 'address'],
  ['FAILURE', 'File already exists', { code: 4 }, 'precondition', false, 'file'],
  ['FAILURE', 'Is a directory', { code: 4 }, 'not-a-file', false, 'file'],
  ['BAD_MESSAGE', 'Bad message', { code: 5 }, 'invalid', false, 'file'],
  ['CONNECTION_LOST', 'Connection lost', { code: 7 }, 'network', true, 'address'],
  ['OP_UNSUPPORTED', 'Operation unsupported', { code: 8 }, 'invalid', false, 'file'],
  ['NO_SUCH_PATH', 'No such path', { code: 10 }, 'not-found', false, 'file'],
  ['FILE_ALREADY_EXISTS', 'There', { code: 11 }, 'precondition', false, 'file'],
  ['WRITE_PROTECT', 'Protected', { code: 12 }, 'forbidden', false, 'address'],
  ['NO_SPACE_ON_FILESYSTEM', 'Full', { code: 14 }, 'full', false, 'address'],
  ['QUOTA_EXCEEDED', 'Quota', { code: 15 }, 'full', false, 'address'],
  ['INVALID_FILENAME', 'Name', { code: 20 }, 'key-unsupported', false, 'file'],
  ['Status 77', 'Strange', { code: 77 }, 'unexpected', false, 'file'],
]

const connections: readonly Row[] = [
  ['client-authentication', 'All configured authentication methods failed', { level: 'client-authentication' }, 'bad-secret', false, 'address'],
  ['client-timeout', 'Timed out while waiting for handshake', { level: 'client-timeout' }, 'timeout', true, 'address'],
  ['client-timeout', 'Keepalive timeout', { level: 'client-timeout' }, 'timeout', true, 'address'],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere', { level: 'client-socket', code: 'ENOTFOUND' }, 'network', true, 'address'],
  ['ECONNREFUSED', 'connect ECONNREFUSED', { level: 'client-socket', code: 'ECONNREFUSED' }, 'network', true, 'address'],
  ['ECONNRESET', 'read ECONNRESET', { level: 'client-socket', code: 'ECONNRESET' }, 'network', true, 'address'],
  ['ETIMEDOUT', 'connect ETIMEDOUT', { level: 'client-socket', code: 'ETIMEDOUT' }, 'timeout', true, 'address'],
  ['handshake', 'Handshake failed: no matching key exchange algorithm', { level: 'handshake' }, 'invalid', false, 'address'],
  ['protocol', 'Bad packet length', { level: 'protocol' }, 'network', true, 'address'],
  // A number is SSH's reason to disconnect, not a status of SFTP.
  [undefined as never, 'Too many authentication failures', { code: 2 }, 'network', true, 'address'],
  ['ENOENT', "ENOENT: no such file or directory, open 'key'", { code: 'ENOENT' }, 'bad-secret', false, 'address'],
  [undefined as never, 'Cannot parse privateKey: Unsupported key format', {}, 'bad-secret', false, 'address'],
  [undefined as never, 'Cannot parse privateKey: Encrypted private OpenSSH key detected, but no passphrase given', {}, 'bad-secret', false, 'address'],
]

describe('what the answer to a request means', () => {
  it.each(answers)('%s "%s" %o is %s (retryable: %s, scope: %s)', (code, words, facets, kind, retryable, scope) => {
    expect(toStorageError(fault(words, facets), 'a/key')).toMatchObject({ kind, retryable, scope, code, message: `${words} (a/key)` })
  })

  it('a StorageError passes as it is', () => {
    const error = new StorageError('said already', { kind: 'range' })
    expect(toStorageError(error, 'a/key')).toBe(error)
    expect(toConnectionError(error, 'host:22')).toBe(error)
  })
})

describe('what the fault of a connection means', () => {
  it.each(connections)('%s "%s" %o is %s (retryable: %s, scope: %s)', (code, words, facets, kind, retryable, scope) => {
    expect(toConnectionError(fault(words, facets), 'host:22')).toMatchObject({ kind, retryable, scope, code, message: `${words} (host:22)` })
  })

  it('a refused login does not say whether the user, the password or the key is wrong', () => {
    const error = toConnectionError(fault('All configured authentication methods failed', { level: 'client-authentication' }), 'host:22')
    expect(addressFault(error, 'source')).toEqual({
      code: 'SourceAddrPasswordInvalid',
      message: 'The source refuses the login: correct the user, the password or the private key (SSH does not tell which of them is wrong). client-authentication: All configured authentication methods failed (host:22)',
    })
  })

  it('a private key that cannot be read has its own code', () => {
    expect(addressFault(toConnectionError(fault('Cannot parse privateKey: x', {}), 'host:22'), 'destination').code).toBe('DestBadPrivateKeyFileFormat')
  })
})

describe('a host key', () => {
  // Made by ssh-keygen, with the fingerprint that `ssh-keygen -lf` printed of it.
  const blob = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIICRnOBkoOWO6we25Lg9rD2ehN9K0HqHTIkrl9mpC6SN', 'base64')
  const fingerprint = 'SHA256:DJ0b5Iae+s1XSSzk0fgqQIe2yopQoH2xvvHn+1bRZGM'

  it('is known by the fingerprint that ssh-keygen prints', () => {
    expect(seenKey(blob)).toEqual({ type: 'ssh-ed25519', fingerprint })
  })

  it('that differs, and one that is not named, say what was seen and what to do', () => {
    const [differs, unnamed] = [hostKeyFault(seenKey(blob), 'SHA256:other', 'host:22'), hostKeyFault(seenKey(blob), undefined, 'host:22')]
    expect(addressFault(differs, 'destination')).toMatchObject({ code: 'DestAddrHostKeyInvalid', message: expect.stringContaining(`host:22 showed the host key ${fingerprint} (ssh-ed25519), and the address names SHA256:other`) })
    expect(addressFault(unnamed, 'source')).toMatchObject({ code: 'SourceAddrHostKeyInvalid', message: expect.stringContaining(`has no hostKey`) })
    expect(addressFault(unnamed, 'source').message).toContain(`write hostKey: ${fingerprint}`)
    for (const error of [differs, unnamed]) expect(error).toMatchObject({ retryable: false, scope: 'address' })
  })
})
