import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorization, cosHmac, cosKey } from '../../../storage/drivers/s3/cos-hmac.ts'
import { encodeKey, encodeQuery } from '../../../storage/http/encode.ts'
import type { Headers } from '../../../storage/drivers/s3/signing.ts'

/** Keys and requests of the examples in Tencent's documentation of request signatures, which masks the signatures' last digits. */
const id = 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q'
const secret = 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz'
const host = 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com'
const path = `/${encodeKey('exampleobject(腾讯云)')}`

describe('the signature of COS', () => {
  it('is that of the documented upload', () => {
    const headers = {
      date: 'Thu, 16 May 2019 06:45:51 GMT',
      host,
      'content-type': 'text/plain',
      'content-length': '13',
      'content-md5': 'mQ/fVh815F3k6TAUm8m0eg==',
      'x-cos-acl': 'private',
      'x-cos-grant-read': 'uin="100000000011"',
    }
    const time = '1557989151;1557996351'
    expect(cosKey(secret, time).key.export().toString()).toBe('eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f')
    expect(authorization({ method: 'PUT', path, resource: '', query: '', headers }, id, cosKey(secret, time))).toBe(
      `q-sign-algorithm=sha1&q-ak=${id}&q-sign-time=${time}&q-key-time=${time}` +
        '&q-header-list=content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read&q-url-param-list=' +
        '&q-signature=3b8851a11a569213c17ba8fa7dcf2abec6935172',
    )
  })

  it('is that of the documented download, with parameters', () => {
    const query = encodeQuery({ 'response-content-type': 'application/octet-stream', 'response-cache-control': 'max-age=600' }, '')
    const headers = { date: 'Thu, 16 May 2019 06:55:53 GMT', host }
    const signed = authorization({ method: 'GET', path, resource: '', query, headers }, id, cosKey(secret, '1557989753;1557996953'))
    expect(signed).toContain('q-header-list=date;host&q-url-param-list=response-cache-control;response-content-type')
    expect(signed).toMatch(/q-signature=01681b8c9d798a678e43b685a9f1bba0f6c0[0-9a-f]{4}$/)
  })

  it('signs names of parameters in lower case, those without value as empty', () => {
    const query = encodeQuery({ uploadId: 'a/b', partNumber: 1, uploads: undefined }, '')
    const signed = authorization({ method: 'PUT', path: '/k', resource: '', query, headers: { host } }, id, cosKey(secret, '1;2'))
    const text = `put\n/k\npartnumber=1&uploadid=a%2Fb&uploads=\nhost=${host}\n`
    expect(signed).toContain('q-url-param-list=partnumber;uploadid;uploads&')
    expect(signed).toContain(`q-signature=${expected('1;2', text)}`)
  })

  it('signs any key as it is before encoding', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (key) => {
        const request = { method: 'GET', path: `/${encodeKey(key)}`, resource: '', query: '', headers: { host } }
        expect(authorization(request, id, cosKey(secret, '1;2'))).toContain(expected('1;2', `get\n/${key}\n\nhost=${host}\n`))
      }),
    )
  })

  it('is good before and long after it is made, and sends the token of temporary keys', () => {
    const nowMs = Date.UTC(2026, 10, 23, 15, 14, 59)
    const headers: Headers = { host }
    cosHmac()({ method: 'GET', path: '/k', resource: '', query: '', headers }, { accessKeyId: id, secret, token: 'the-token' }, nowMs)
    const [, begin = 0, end = 0] = (/q-key-time=(\d+);(\d+)&/.exec(headers['authorization'] ?? '') ?? []).map(Number)
    expect(begin).toBeLessThanOrEqual(nowMs / 1000 - 60)
    expect(end).toBeGreaterThanOrEqual(nowMs / 1000 + 40 * 60)
    expect(headers['x-cos-security-token']).toBe('the-token')
    expect(headers['authorization']).toContain('q-header-list=host;x-cos-security-token&')
  })
})

/** Straight from the documentation's steps. */
function expected(time: string, httpString: string): string {
  const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex')
  return hmac(hmac(secret, time), `sha1\n${time}\n${createHash('sha1').update(httpString).digest('hex')}\n`)
}
