/** Answers as Google's reference pages and clients' issues show them. */
import { toReceived } from '../../../storage/http/headers.ts'
import { describe, expect, it } from 'vitest'
import { toStorageError, type Refusal } from '../../../storage/drivers/gcs/error.ts'
import type { StorageErrorKind } from '../../../storage/error.ts'

const now = Date.UTC(2026, 10, 23, 15)
const toError = (refusal: Refusal, keyFile = false) => toStorageError(refusal, now, keyFile)

type Options = Partial<Pick<Refusal, 'headers' | 'about'>>
const answer = (status: number, body: string, { headers = new Map(), about = 'key' }: Options = {}): Refusal => ({ status, headers, body, about })

function json(status: number, reason: string, message: string, options?: Options): Refusal {
  return answer(status, JSON.stringify({ error: { code: status, message, errors: [{ message, domain: 'global', reason }] } }), options)
}

function xml(status: number, code: string, message: string, options?: Options): Refusal {
  return answer(status, `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`, options)
}

const wrongHash = 'Provided CRC32C "AAAAAA==" doesn\'t match calculated CRC32C "yZRlqg==".'
const noRight = 'a@b.iam.gserviceaccount.com does not have storage.objects.list access to the Google Cloud Storage bucket.'

describe('what a refusal of Cloud Storage means', () => {
  it.each<[StorageErrorKind, string, Refusal]>([
    ['not-found', 'an object that is not there', json(404, 'notFound', 'No such object: bucket/key')],
    ['not-found', 'one of a download', answer(404, 'No such object: bucket/key')],
    ['not-found', 'one of a store without words', json(404, 'notFound', 'Not Found')],
    ['no-bucket', 'a bucket that is not there', json(404, 'notFound', 'The specified bucket does not exist.')],
    ['no-bucket', 'one without words', json(404, 'notFound', 'Not Found', { about: 'bucket' })],
    ['no-bucket', 'one of the XML API', xml(404, 'NoSuchBucket', 'The specified bucket does not exist.', { about: 'upload' })],
    ['no-upload', 'an upload that is gone', xml(404, 'NoSuchUpload', 'The requested upload was not found.')],
    ['no-upload', 'an upload that is gone, without words', answer(404, '', { about: 'upload' })],
    ['bad-secret', 'a token that is refused', json(401, 'authError', 'Invalid Credentials')],
    ['bad-secret', 'no token', json(401, 'required', 'Anonymous caller does not have storage.objects.get access.')],
    ['bad-secret', 'a token that the XML API refuses', xml(401, 'AuthenticationRequired', 'Authentication required.')],
    ['expired', 'a token past its time', json(401, 'authError', 'Request had an expired token.')],
    ['forbidden', 'a right that is missing', json(403, 'forbidden', noRight)],
    ['forbidden', 'a right that is missing for parts', xml(403, 'AccessDenied', 'Access denied.')],
    ['forbidden', 'an API that is off', json(403, 'accessNotConfigured', 'Cloud Storage JSON API has not been used in project 1 before.')],
    ['forbidden', 'a bucket whose requester pays', json(400, 'userProjectMissing', 'Bucket is a requester pays bucket but no user project provided.')],
    ['forbidden', 'an object that is held', json(403, 'retentionPolicyNotMet', "Object 'b/k' is subject to bucket's retention policy.")],
    ['precondition', 'another generation', json(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.')],
    ['precondition', 'another generation, read', xml(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold.')],
    ['range', 'a range past the end', answer(416, 'Request range not satisfiable')],
    ['range', 'a range past the end in XML', xml(416, 'InvalidRange', 'The requested range cannot be satisfied.')],
    ['throttled', 'too many writes', json(429, 'rateLimitExceeded', 'The object exceeded the rate limit for object mutation operations.')],
    ['throttled', 'a quota of requests', json(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded')],
    ['throttled', 'a busy service', json(503, 'backendError', 'Backend Error')],
    ['throttled', 'a busy XML API', xml(503, 'ServiceUnavailable', 'Service unavailable.')],
    ['unavailable', 'an internal error', json(500, 'backendError', 'We encountered an internal error. Please try again.')],
    ['unavailable', 'a gateway', answer(502, '<html><title>Error 502 (Server Error)!!1</title></html>')],
    ['timeout', 'a gateway that waited', answer(504, '')],
    ['checksum', 'a wrong CRC32C', json(400, 'invalid', wrongHash)],
    ['checksum', 'a wrong hash of a part', xml(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.')],
    ['too-large', 'too many bytes', xml(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.')],
    ['invalid', 'a part that is missing', xml(400, 'InvalidPart', 'One or more of the specified parts could not be found.')],
    ['invalid', 'a wrong parameter', json(400, 'invalid', 'Invalid argument.')],
    ['bad-secret', 'a signature that the token endpoint refuses', answer(400, '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}')],
    ['bad-access-key', 'a service account that is gone', answer(400, '{"error":"invalid_grant","error_description":"Invalid grant: account not found"}')],
    ['clock-skew', 'a clock that is wrong', answer(400, '{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."}')],
    ['unexpected', 'a redirect', answer(302, '')],
  ])('%s: %s', (kind, _, refusal) => {
    expect(toError(refusal).kind).toBe(kind)
  })

  it('is kept in the store\'s words, with its reason and upload id', () => {
    const error = toError(json(403, 'forbidden', noRight, { headers: toReceived({ 'x-guploader-uploadid': 'ABC' }) }))
    expect(error).toMatchObject({ message: noRight, code: 'forbidden', requestId: 'ABC', status: 403, retryable: false })
  })

  it('tells how long to wait', () => {
    expect(toError(json(429, 'rateLimitExceeded', 'Slow', { headers: toReceived({ 'retry-after': '7' }) }))).toMatchObject({ retryAfterMs: 7000, retryable: true })
  })

  it('stops at the address where every object would fail alike', () => {
    expect(toError(json(403, 'accessNotConfigured', 'Off')).scope).toBe('address')
    expect(toError(json(403, 'forbidden', noRight)).scope).toBe('file')
    expect(toError(json(409, 'conflict', 'Conflict'))).toMatchObject({ kind: 'unavailable', scope: 'file', retryable: true })
  })

  it('is the key file\'s where one was used, and only then', () => {
    const codes = { source: 'SourceKeyFileBucketNotMatchedOrPermission', destination: 'DestKeyFileBucketNotMatchedOrPermission' }
    expect(toError(json(403, 'forbidden', noRight), true).addressCodes).toEqual(codes)
    expect(toError(json(401, 'authError', 'Invalid Credentials'), true).addressCodes).toEqual(codes)
    expect(toError(json(404, 'notFound', 'The specified bucket does not exist.'), true).addressCodes).toBeUndefined()
    expect(toError(json(403, 'forbidden', noRight)).addressCodes).toBeUndefined()
  })

  it('has a sentence also where the body has none, or is a page', () => {
    for (const body of ['', '<html>x</html>', '{"error":', '{}', 'x'.repeat(5000)]) expect(toError(answer(403, body)).message).toBe('The store answered 403.')
  })
})
