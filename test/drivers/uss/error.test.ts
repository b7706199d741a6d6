import { toReceived } from '../../../storage/http/headers.ts'
import { describe, expect, it } from 'vitest'
import { addressFault } from '../../../storage/address-fault.ts'
import { toCdnError, toStorageError } from '../../../storage/drivers/uss/error.ts'
import { StorageError, type StorageErrorKind } from '../../../storage/error.ts'

const refuse = (code: number, about: 'file' | 'upload' = 'file') =>
  toStorageError({ status: Math.floor(code / 100_000), headers: new Map(), body: JSON.stringify({ code, msg: 'some words', id: 'abc' }), about }, 0)
const wordless = (status: number, about: 'file' | 'upload' = 'file') => toStorageError({ status, headers: toReceived({ 'x-request-id': 'def' }), body: '', about }, 0)

describe("UPYUN's codes", () => {
  it.each<[number, StorageErrorKind, boolean]>([
    [40000006, 'checksum', false], [40000024, 'invalid', false], [40000030, 'key-unsupported', false], [40011051, 'invalid', false],
    [40011054, 'invalid', false], [40011056, 'no-upload', false], [40011057, 'key-unsupported', false], [40011058, 'no-upload', false],
    [40011059, 'checksum', false], [40011061, 'invalid', false], [40100001, 'forbidden', false], [40100002, 'clock-skew', false],
    [40100005, 'bad-secret', false], [40100006, 'bad-access-key', false], [40100007, 'forbidden', false], [40100009, 'bad-secret', false],
    [40100012, 'no-bucket', false], [40100013, 'forbidden', false], [40100014, 'no-bucket', false], [40100017, 'forbidden', false],
    [40300001, 'key-unsupported', false], [40300002, 'key-unsupported', false], [40300003, 'key-unsupported', false], [40300004, 'full', false],
    [40300005, 'invalid', false], [40300011, 'forbidden', false], [40300025, 'invalid', false], [40300006, 'expired', false], [40300007, 'checksum', false], [40300009, 'too-large', false],
    [40300015, 'not-a-file', false], [40300028, 'clock-skew', false], [40400001, 'not-found', false], [40600001, 'key-unsupported', false],
    [40800001, 'timeout', true], [41500001, 'invalid', false], [42900001, 'throttled', true], [42900002, 'throttled', true],
    [50300000, 'unavailable', true], [50300030, 'unavailable', true], [99900000, 'unavailable', true],
  ])('%i is %s', (code, kind, retryable) => {
    expect(refuse(code)).toMatchObject({ kind, retryable, code: String(code), requestId: 'abc', message: 'some words' })
  })

  it('are not there in the answer to a HEAD, or where something else answered', () => {
    expect([404, 401, 403, 416, 429, 502].map((status) => wordless(status).kind)).toEqual(['not-found', 'forbidden', 'forbidden', 'range', 'throttled', 'unavailable'])
    expect(wordless(404, 'upload')).toMatchObject({ kind: 'no-upload', requestId: 'def' })
    expect(refuse(40400001, 'upload').kind).toBe('no-upload')
    expect(toStorageError({ status: 502, headers: new Map(), body: '<html>', about: 'file' }, 0)).toMatchObject({ kind: 'unavailable', code: undefined })
    expect(toStorageError({ status: 429, headers: toReceived({ 'retry-after': '3' }), body: 'null', about: 'file' }, 0).retryAfterMs).toBe(3_000)
  })

  it.each([
    [40100006, 'SourceAddrUserDoesNotExist', 'DestAddrUserDoesNotExist'], [40100008, 'SourceAddrUserDoesNotExist', 'DestAddrUserDoesNotExist'],
    [40100005, 'SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid'], [40100009, 'SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid'],
    [40100012, 'SourceAddrServiceInvalid', 'DestAddrServiceInvalid'], [40100013, 'SourceAddrServiceInvalid', 'DestAddrServiceInvalid'],
    [40100017, 'SourceAddrEndpointBucketPermissionInvalid', 'DestAddrEndpointBucketPermissionInvalid'], [40300004, 'SourceReadDirFailed', 'DestinationFull'],
  ])('%i is told as %s or %s of a whole address', (code, source, destination) => {
    const error = refuse(code)
    expect([error.scope, addressFault(error, 'source').code, addressFault(error, 'destination').code]).toEqual(['address', source, destination])
  })
})

describe('what fails through the CDN alone', () => {
  it.each<[StorageErrorKind, StorageErrorKind]>([['network', 'network'], ['timeout', 'timeout'], ['not-found', 'forbidden'], ['forbidden', 'forbidden']])(
    '%s is a fault of its domain',
    (kind, told) => {
      const error = toCdnError(new StorageError('words', { kind, status: 404 }))
      expect(error).toMatchObject({ kind: told, scope: 'address', status: 404, retryable: kind === 'network' || kind === 'timeout' })
      expect(addressFault(error, 'source')).toMatchObject({ code: 'SourceAddrCdnInvalid', message: expect.stringContaining('cdnDomain') as string })
    },
  )
})
