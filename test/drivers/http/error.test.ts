import { toReceived } from '../../../storage/http/headers.ts'
import { describe, expect, it } from 'vitest'
import { listFault, toListError, toStorageError } from '../../../storage/drivers/http/error.ts'
import { addressFault } from '../../../storage/address-fault.ts'
import { isStorageError, StorageError, type StorageErrorKind } from '../../../storage/error.ts'

describe('what a web server refuses', () => {
  it.each<[number, StorageErrorKind, boolean]>([
    [401, 'forbidden', false], [403, 'forbidden', false], [404, 'not-found', false], [405, 'invalid', false], [407, 'forbidden', false],
    [408, 'timeout', true], [410, 'not-found', false], [412, 'precondition', false], [416, 'range', false], [429, 'throttled', true],
    [451, 'forbidden', false], [500, 'unavailable', true], [501, 'unavailable', true], [502, 'unavailable', true], [503, 'throttled', true],
    [304, 'unexpected', false],
  ])('%i is %s', (status, kind, retryable) => {
    const error = toStorageError(status, new Map(), 'http://a.example/x', 0)
    expect(error).toMatchObject({ kind, retryable, status, message: `http://a.example/x answered ${status}.` })
  })

  it('may say when to come again', () => {
    expect(toStorageError(503, toReceived({ 'retry-after': '7' }), 'http://a.example/x', 0).retryAfterMs).toBe(7_000)
  })
})

describe('a list that cannot be used', () => {
  it.each([
    ['missing', 'SourceAddrListFilePathNotExist'], ['bad', 'SourceAddrBadHttpListFormat'],
    ['changed', 'SourceAddrBadHttpListFormat'], ['unreachable', 'SourceAddrCannotConnectUrl'],
  ] as const)('%s has the code %s', (fault, code) => {
    expect(addressFault(listFault(fault, 'words'), 'source')).toMatchObject({ code, message: expect.stringMatching(/^The source (has|had|lists) .*words$/) as string })
  })

  it.each([['ENOENT', 'not-found'], ['EISDIR', 'not-found'], ['EACCES', 'forbidden'], ['EIO', 'unexpected']])('%s is %s', (code, kind) => {
    const error = toListError(Object.assign(new Error(code), { code }), 'urls.tsv')
    expect(error).toMatchObject({ kind, scope: 'address', code })
    expect(isStorageError(error) && addressFault(error, 'source').code).toBe('SourceAddrListFilePathNotExist')
  })

  it('keeps what another store said', () => {
    const forbidden = new StorageError('no', { kind: 'bad-secret' })
    expect(toListError(forbidden, 'urls.tsv')).toBe(forbidden)
    expect(toListError(new StorageError('no', { kind: 'not-found' }), 'urls.tsv')).toMatchObject({ kind: 'not-found', scope: 'address' })
  })
})
