import { toReceived } from '../../../storage/http/headers.ts'
import { describe, expect, it } from 'vitest'
import { toStorageError } from '../../../storage/drivers/kodo/error.ts'
import { toPage } from '../../../storage/drivers/kodo/list.ts'
import type { StorageErrorKind } from '../../../storage/error.ts'

describe('what a refusal of KODO means', () => {
  it.each<[number, string, StorageErrorKind]>([
    [401, 'bad token', 'bad-secret'],
    [401, 'app/accesskey is not found', 'bad-access-key'],
    [401, 'token out of date', 'clock-skew'],
    [403, 'request time too skewed', 'clock-skew'],
    [403, 'not allowed', 'forbidden'],
    [404, 'Document not found', 'not-found'],
    [612, 'no such file or directory', 'not-found'],
    [631, 'no such bucket', 'no-bucket'],
    [419, 'account is frozen', 'forbidden'],
    [416, '', 'range'],
    [503, 'service unavailable', 'throttled'],
    [573, 'request limit exceeded', 'throttled'],
    [599, 'server error', 'unavailable'],
    [418, '', 'unexpected'],
  ])('%i %j is %s', (status, error, kind) => {
    const told = toStorageError({ status, headers: toReceived({ 'x-reqid': 'R1' }), body: error && JSON.stringify({ error }) })
    expect(told).toMatchObject({ kind, status, requestId: 'R1', message: error || `The store answered ${status}.` })
  })

  it('may have any body', () => {
    for (const body of ['', '<html>', 'null', '{"error":7}', '[]']) expect(toStorageError({ status: 500, headers: new Map(), body }).kind).toBe('unavailable')
  })
})

describe('a page of the native listing', () => {
  it('is read as the documentation describes it', () => {
    const item = { key: '/a\u0001b', hash: 'FhGxwVfmqEr1', fsize: 7, mimeType: 'text/plain', putTime: 14_914_784_123_450_000, type: 1 }
    expect(toPage(JSON.stringify({ marker: 'eyJrIjoiYSJ9', items: [item] }))).toEqual({
      next: 'eyJrIjoiYSJ9',
      entries: [{ key: '/a\u0001b', size: 7, mtimeMs: 1_491_478_412_345, etag: 'FhGxwVfmqEr1', storageClass: 'LINE' }],
    })
  })

  it('may be empty, with more to come or at the end', () => {
    expect(toPage('{"marker":"m","items":null}')).toEqual({ entries: [], next: 'm' })
    expect(toPage('{"marker":"","items":[]}')).toEqual({ entries: [] })
    expect(toPage('{"items":[]}')).toEqual({ entries: [] })
    expect(() => toPage('<html>')).toThrow('not JSON')
  })
})
