import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeKey, encodeQuery, type Query } from '../../../storage/http/encode.ts'
import { oss4 } from '../../../storage/drivers/s3/oss4.ts'
import type { Credentials, Headers } from '../../../storage/drivers/s3/signing.ts'

interface SignUtils {
  authorizationV4(
    id: string,
    secret: string,
    region: string,
    method: string,
    request: { headers: Headers; queries: Record<string, string | number | null> },
    bucket: string,
    key?: string,
  ): string
}
const oracle = createRequire(import.meta.url)('ali-oss/lib/common/signUtils') as SignUtils

const credentials: Credentials = { accessKeyId: 'id', secret: 'secret' }
const now = Date.UTC(2026, 10, 23, 15, 0, 7)

function ours(method: string, key: string | undefined, query: Query, given: Headers, as = credentials): Headers {
  const headers = { ...given }
  const resource = `/bucket/${key === undefined ? '' : encodeKey(key)}`
  oss4('cn-hangzhou')({ method, path: '/not/signed', resource, query: encodeQuery(query, ''), headers }, as, now)
  return headers
}

function theirs(method: string, key: string | undefined, query: Query, signed: Headers): string {
  const { authorization, ...headers } = signed
  expect(authorization).toBeDefined()
  const queries = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? null]))
  return oracle.authorizationV4(
    credentials.accessKeyId,
    credentials.secret,
    'cn-hangzhou',
    method,
    { headers, queries },
    'bucket',
    key,
  )
}

describe('OSS4-HMAC-SHA256', () => {
  it.each<[string, string, string | undefined, Query, Headers]>([
    ['a listing', 'GET', undefined, { 'list-type': 2, prefix: 'a b/', 'encoding-type': 'url', 'max-keys': 1000 }, {}],
    ['a bare query', 'POST', 'a', { uploads: undefined }, { 'content-type': 'text/plain' }],
    [
      'a part',
      'PUT',
      'a',
      { partNumber: 1, uploadId: '0004B9894A22E5B1888A1E29F823XXXX' },
      { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==' },
    ],
    [
      'metadata beyond ASCII',
      'PUT',
      'ü/中',
      {},
      { 'content-type': 'text/plain', 'x-oss-meta-a': 'ünïcode 中', 'x-oss-meta-b': 'a  b' },
    ],
    ['headers that are not signed', 'GET', 'k', {}, { host: 'localhost', range: 'bytes=0-1', 'if-match': '"x"' }],
    ['a key like a path', 'GET', '../a/./b//c', {}, {}],
  ])('signs %s as ali-oss does', (_, method, key, query, headers) => {
    const signed = ours(method, key, query, headers)
    expect(signed['authorization']).toBe(theirs(method, key, query, signed))
  })

  it('signs any key as ali-oss does', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (key) => {
        const signed = ours('GET', key, {}, {})
        expect(signed['authorization']).toBe(theirs('GET', key, {}, signed))
      }),
    )
  })

  it('sends and signs the token of temporary credentials', () => {
    const signed = ours('GET', 'a', {}, {}, { ...credentials, token: 'the-token' })
    expect(signed['x-oss-security-token']).toBe('the-token')
    expect(signed['authorization']).toBe(theirs('GET', 'a', {}, signed))
  })
})
