import { describe, expect, it } from 'vitest'
import { addressFault } from '../../../storage/address-fault.ts'
import { toStorageError, withAccountCodes, type Refusal } from '../../../storage/drivers/azblob/error.ts'
import { StorageError, type StorageErrorKind } from '../../../storage/error.ts'
import { toReceived } from '../../../storage/http/headers.ts'

const now = Date.UTC(2026, 10, 23, 15)

function refusal(status: number, code: string, rest: Partial<Refusal> & { message?: string; extra?: string } = {}): Refusal {
  const { message = 'Words.', extra = '', ...given } = rest
  const body = `\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}\nRequestId:5d9a24b7\nTime:2026-11-24T23:54:39.251Z</Message>${extra}</Error>`
  return { status, headers: new Map(), body, about: 'key', sasExpired: false, ...given }
}
const bare = (status: number, about: Refusal['about'], code?: string): Refusal =>
  ({ status, headers: toReceived({ 'x-ms-error-code': code }), body: '', about, sasExpired: false })
const authenticationDetail = (text: string) => ({ extra: `<AuthenticationErrorDetail>${text}</AuthenticationErrorDetail>` })
const mean = (given: Refusal) => toStorageError(given, now)

describe('what a refusal of Azure means', () => {
  it.each<[number, string, StorageErrorKind, 'file' | 'address', boolean]>([
    [404, 'BlobNotFound', 'not-found', 'file', false],
    [404, 'ContainerNotFound', 'no-bucket', 'address', false],
    [409, 'ContainerBeingDeleted', 'no-bucket', 'address', false],
    [404, 'ResourceNotFound', 'bad-access-key', 'address', false],
    [403, 'AuthenticationFailed', 'bad-secret', 'address', false],
    [401, 'NoAuthenticationInformation', 'bad-secret', 'address', false],
    [403, 'AuthorizationFailure', 'forbidden', 'file', false],
    [403, 'AuthorizationPermissionMismatch', 'forbidden', 'file', false],
    [403, 'AuthorizationSourceIPMismatch', 'forbidden', 'address', false],
    [403, 'KeyBasedAuthenticationNotPermitted', 'forbidden', 'address', false],
    [403, 'AccountIsDisabled', 'forbidden', 'address', false],
    [412, 'LeaseIdMissing', 'forbidden', 'file', false],
    [409, 'BlobImmutableDueToPolicy', 'forbidden', 'file', false],
    [409, 'BlobAlreadyExists', 'precondition', 'file', false],
    [412, 'ConditionNotMet', 'precondition', 'file', false],
    [412, 'SourceConditionNotMet', 'precondition', 'file', false],
    [404, 'CannotVerifyCopySource', 'not-found', 'file', false],
    [401, 'CannotVerifyCopySource', 'forbidden', 'file', false],
    [403, 'CannotVerifyCopySource', 'forbidden', 'file', false],
    [409, 'CannotVerifyCopySource', 'invalid', 'file', false],
    [500, 'CannotVerifyCopySource', 'unavailable', 'address', true],
    [501, 'APINotImplemented', 'invalid', 'file', false],
    [416, 'InvalidRange', 'range', 'file', false],
    [503, 'ServerBusy', 'throttled', 'file', true],
    [500, 'InternalError', 'unavailable', 'address', true],
    [500, 'OperationTimedOut', 'unavailable', 'address', true],
    [400, 'Md5Mismatch', 'checksum', 'file', false],
    [400, 'Crc64Mismatch', 'checksum', 'file', false],
    [409, 'BlobArchived', 'archived', 'file', false],
    [409, 'BlobBeingRehydrated', 'archived', 'file', false],
    [413, 'RequestBodyTooLarge', 'too-large', 'file', false],
    [400, 'InvalidUri', 'key-unsupported', 'file', false],
    [400, 'InvalidResourceName', 'key-unsupported', 'file', false],
    [400, 'InvalidMetadata', 'metadata-unsupported', 'file', false],
    [400, 'MetadataTooLarge', 'metadata-unsupported', 'file', false],
    [400, 'TagsTooLarge', 'metadata-unsupported', 'file', false],
    [400, 'InvalidBlockList', 'no-upload', 'file', false],
    [400, 'InvalidBlobOrBlock', 'invalid', 'file', false],
    [409, 'InvalidBlobType', 'invalid', 'file', false],
    [400, 'InvalidHeaderValue', 'invalid', 'file', false],
    [418, 'SomethingNew', 'unexpected', 'file', false],
  ])('%i %s is %s of a %s', (status, code, kind, scope, retryable) => {
    expect(mean(refusal(status, code))).toMatchObject({ kind, scope, retryable, status, code })
  })

  it.each<[number, Refusal['about'], string | undefined, StorageErrorKind]>([
    [404, 'key', 'BlobNotFound', 'not-found'],
    [404, 'key', 'ContainerNotFound', 'no-bucket'],
    [404, 'key', undefined, 'not-found'],
    [404, 'container', undefined, 'no-bucket'],
    [404, 'upload', undefined, 'no-upload'],
    [403, 'key', undefined, 'forbidden'],
    [429, 'key', undefined, 'throttled'],
    [502, 'key', undefined, 'unavailable'],
  ])('%i about a %s without words, code %s, is %s', (status, about, code, kind) => {
    expect(mean(bare(status, about, code)).kind).toBe(kind)
  })

  it('AuthenticationFailed is told apart by its detail, and by the time in the signature', () => {
    const failed = (rest: Parameters<typeof refusal>[2]) => mean(refusal(403, 'AuthenticationFailed', rest)).kind
    expect(failed(authenticationDetail("The MAC signature found in the HTTP request 'abc=' is not the same as any computed signature."))).toBe('bad-secret')
    expect(failed(authenticationDetail('Signature not valid in the specified time frame: Start [a] - Expiry [b] - Current [c]'))).toBe('expired')
    expect(failed(authenticationDetail("Request date header too old: 'Mon, 23 Nov 2026 10:00:00 GMT'"))).toBe('clock-skew')
    expect(failed({ sasExpired: true })).toBe('expired')
  })

  it('Azurite’s AuthorizationFailure is read by its words', () => {
    const message = 'Server failed to authenticate the request. Make sure the value of the Authorization header is formed correctly including the signature.'
    expect(mean(refusal(403, 'AuthorizationFailure', { message })).kind).toBe('bad-secret')
    expect(mean(refusal(403, 'AuthorizationFailure', { message: 'This request is not authorized to perform this operation.' })).kind).toBe('forbidden')
  })

  it('a name that cannot be is the container’s when it was asked about that', () => {
    expect(mean(refusal(400, 'InvalidResourceName', { about: 'container' })).kind).toBe('no-bucket')
  })

  it('account and container have codes of their own', () => {
    const codesOf = (given: StorageError) => [addressFault(given, 'source').code, addressFault(given, 'destination').code]
    const noHost = withAccountCodes(new StorageError('getaddrinfo ENOTFOUND nobody.example', { kind: 'network', code: 'ENOTFOUND' }))
    expect(codesOf(mean(refusal(404, 'ResourceNotFound')))).toEqual(['AzureSourceConnStrAccountInvalid', 'AzureDestConnStrAccountInvalid'])
    expect(codesOf(noHost)).toEqual(['AzureSourceConnStrAccountInvalid', 'AzureDestConnStrAccountInvalid'])
    expect(noHost).toMatchObject({ kind: 'network', retryable: true, scope: 'address' })
    expect(codesOf(mean(refusal(404, 'ContainerNotFound')))).toEqual(['AzureSourceAddrContainerInvalid', 'AzureDestAddrContainerInvalid'])
    expect(codesOf(mean(refusal(403, 'AuthenticationFailed')))).toEqual(['SourceAddrSecretKeyInvalid', 'DestAddrSecretKeyInvalid'])
  })

  it('carries Azure’s sentence alone, its request id and when to come again', () => {
    const error = mean(refusal(503, 'ServerBusy', { message: 'The server is busy.', headers: toReceived({ 'x-ms-request-id': 'R1', 'retry-after': '7' }) }))
    expect(error).toMatchObject({ message: 'The server is busy.', requestId: 'R1', retryAfterMs: 7_000 })
    expect(mean(bare(404, 'key')).message).toBe('Azure answered 404.')
    const until = new Date(now + 3_000).toUTCString()
    expect(toStorageError({ ...bare(503, 'key'), headers: toReceived({ 'retry-after': until }) }, now).retryAfterMs).toBe(3_000)
  })
})
