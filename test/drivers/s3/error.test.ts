import { toReceived } from '../../../storage/http/headers.ts'
import { describe, expect, it } from 'vitest'
import type { StorageErrorKind } from '../../../storage/error.ts'
import type { Dialect } from '../../../storage/drivers/s3/dialect.ts'
import { bosDialect } from '../../../storage/drivers/s3/dialects/bos.ts'
import { cosDialect } from '../../../storage/drivers/s3/dialects/cos.ts'
import { kodoDialect } from '../../../storage/drivers/s3/dialects/kodo.ts'
import { ks3Dialect } from '../../../storage/drivers/s3/dialects/ks3.ts'
import { ossDialect } from '../../../storage/drivers/s3/dialects/oss.ts'
import { toStorageError, type Refusal } from '../../../storage/drivers/s3/error.ts'

const now = Date.UTC(2026, 10, 23, 15)

function refusal(status: number, code: string, message = 'Words.', rest: Partial<Refusal> & { extra?: string } = {}): Refusal {
  const { extra = '', ...given } = rest
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${extra}<RequestId>R1</RequestId></Error>`
  return { status, headers: new Map(), body, about: 'key', ...given }
}

const bare = (status: number, about: Refusal['about'], headers: Refusal['headers'] = new Map()): Refusal => ({
  status,
  headers,
  body: '',
  about,
})

describe('what a refusal means', () => {
  it.each<[number, string, StorageErrorKind, 'file' | 'address', boolean]>([
    [404, 'NoSuchKey', 'not-found', 'file', false],
    [404, 'NoSuchBucket', 'no-bucket', 'address', false],
    [404, 'NoSuchUpload', 'no-upload', 'file', false],
    [403, 'AccessDenied', 'forbidden', 'file', false],
    [403, 'UserDisable', 'forbidden', 'address', false],
    [403, 'InvalidAccessKeyId', 'bad-access-key', 'address', false],
    [404, 'XAdminUserNotFound', 'bad-access-key', 'address', false],
    [403, 'SignatureDoesNotMatch', 'bad-secret', 'address', false],
    [400, 'ExpiredToken', 'expired', 'address', false],
    [403, 'SecurityTokenExpired', 'expired', 'address', false],
    [403, 'RequestTimeTooSkewed', 'clock-skew', 'address', false],
    [301, 'PermanentRedirect', 'wrong-region', 'address', false],
    [400, 'AuthorizationHeaderMalformed', 'wrong-region', 'address', false],
    [412, 'PreconditionFailed', 'precondition', 'file', false],
    [409, 'FileAlreadyExists', 'precondition', 'file', false],
    [409, 'ConditionalRequestConflict', 'unavailable', 'file', true],
    [416, 'InvalidRange', 'range', 'file', false],
    [503, 'SlowDown', 'throttled', 'file', true],
    [503, 'ServiceUnavailable', 'unavailable', 'address', true],
    [500, 'InternalError', 'unavailable', 'address', true],
    [400, 'RequestTimeout', 'timeout', 'file', true],
    [400, 'BadDigest', 'checksum', 'file', false],
    [400, 'InvalidDigest', 'checksum', 'file', false],
    [403, 'InvalidObjectState', 'archived', 'file', false],
    [400, 'EntityTooLarge', 'too-large', 'file', false],
    [400, 'KeyTooLongError', 'key-unsupported', 'file', false],
    [400, 'InvalidObjectName', 'key-unsupported', 'file', false],
    [400, 'MetadataTooLarge', 'metadata-unsupported', 'file', false],
    [400, 'InvalidPart', 'invalid', 'file', false],
    [501, 'NotImplemented', 'invalid', 'file', false],
    [403, 'QuotaExceeded', 'full', 'address', false],
    [418, 'NeverHeardOf', 'unexpected', 'file', false],
    [502, 'NeverHeardOf', 'unavailable', 'address', true],
  ])('%i %s is %s (%s, retry %s)', (status, code, kind, scope, retryable) => {
    const error = toStorageError(refusal(status, code), now)
    expect(error).toMatchObject({ kind, scope, retryable, code, status, requestId: 'R1', message: 'Words.' })
  })

  it.each<[string, Refusal, StorageErrorKind]>([
    ['HEAD of a missing key', bare(404, 'key'), 'not-found'],
    ['HEAD of a missing bucket', bare(404, 'bucket'), 'no-bucket'],
    ['a call about a missing upload', bare(404, 'upload'), 'no-upload'],
    ['HEAD without right', bare(403, 'key'), 'forbidden'],
    ['HEAD with a condition', bare(412, 'key'), 'precondition'],
    ['HEAD at the wrong endpoint', bare(301, 'key'), 'wrong-region'],
    ['HEAD signed for the wrong region', bare(400, 'key', toReceived({ 'x-amz-bucket-region': 'eu-west-1' })), 'wrong-region'],
    ['429', bare(429, 'key'), 'throttled'],
    ['503', bare(503, 'key'), 'throttled'],
    ['500', bare(500, 'key'), 'unavailable'],
    ['a gateway', { ...bare(502, 'key'), body: '<html><body>Bad Gateway</body></html>' }, 'unavailable'],
  ])('%s without words', (_, given, kind) => {
    expect(toStorageError(given, now).kind).toBe(kind)
  })

  it('reads the error that OSS hides in a header of HEAD', () => {
    const hidden = Buffer.from(refusal(403, 'InvalidAccessKeyId', 'No such key id.').body).toString('base64')
    const error = toStorageError(bare(403, 'key', toReceived({ 'x-oss-err': hidden, 'x-oss-request-id': 'R2' })), now)
    expect(error).toMatchObject({
      kind: 'bad-access-key',
      code: 'InvalidAccessKeyId',
      message: 'No such key id.',
      requestId: 'R2',
    })
  })

  it.each([
    refusal(
      403,
      'AccessDenied',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      {
        extra: '<Bucket>b</Bucket><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>',
      },
    ),
    refusal(400, 'InvalidArgument', 'Invalid signing region in Authorization header.'),
    refusal(403, 'SomethingNew', 'Words.', { extra: '<EC>0002-00000228</EC>' }),
  ])('knows that OSS means another region (%#)', (given) => {
    expect(toStorageError(given, now).kind).toBe('wrong-region')
  })

  it('tells how long to wait, said in seconds or as a date', () => {
    const wait = (value: string) => toStorageError(bare(503, 'key', toReceived({ 'retry-after': value })), now).retryAfterMs
    expect(wait('7')).toBe(7000)
    expect(wait('Mon, 23 Nov 2026 15:00:09 GMT')).toBe(9000)
    expect(wait('Mon, 23 Nov 2026 14:00:00 GMT')).toBe(0)
    expect(wait('soon')).toBeUndefined()
  })

  it('keeps the query of a URL, where signatures are, out of the message', () => {
    const message = 'Go to https://b.example.com/k?X-Amz-Signature=0123&amp;X-Amz-Credential=AK instead.'
    expect(toStorageError(refusal(400, 'Any', message), now).message).toBe('Go to https://b.example.com/k instead.')
  })
})

describe('what a vendor says in its own way', () => {
  it.each<[string, Dialect<never>['errors'], number, string, StorageErrorKind]>([
    ['cos', cosDialect.errors, 403, 'Request has expired', 'clock-skew'],
    ['cos', cosDialect.errors, 400, 'EntitySizeNotMatch', 'premature-end'],
    ['cos', cosDialect.errors, 403, 'InvalidAccessKeyId', 'bad-access-key'],
    ['cos', cosDialect.errors, 409, 'FileAlreadyExists', 'precondition'],
    ['bos', bosDialect.errors, 400, 'RequestExpired', 'clock-skew'],
    ['bos', bosDialect.errors, 400, 'SignatureDoesNotMatch', 'bad-secret'],
    ['bos', bosDialect.errors, 403, 'OptInRequired', 'forbidden'],
    ['ks3', ks3Dialect.errors, 403, 'InvalidAccessKey', 'bad-access-key'],
    ['ks3', ks3Dialect.errors, 403, 'AccessDenied', 'forbidden'],
    ['kodo', kodoDialect.errors, 404, 'NoSuchBucket', 'no-bucket'],
  ])('%s, %o: %i %s is %s', (_vendor, errors, status, code, kind) => {
    expect(toStorageError(refusal(status, code), now, errors)).toMatchObject({ kind, code })
  })

  it('keeps the request id of each', () => {
    for (const name of ['x-amz-request-id', 'x-oss-request-id', 'x-cos-request-id', 'x-kss-request-id', 'x-bce-request-id', 'x-reqid'])
      expect(toStorageError(bare(403, 'key', toReceived({ [name]: 'R7' })), now).requestId).toBe('R7')
  })

  it('has a code of its own for an OSS that refuses access', () => {
    const code = 'OssAccessDenied'
    expect(toStorageError(refusal(403, 'AccessDenied'), now, ossDialect.errors).addressCodes).toEqual({ source: code, destination: code })
    expect(toStorageError(refusal(403, 'AccessDenied'), now).addressCodes).toBeUndefined()
  })
})
