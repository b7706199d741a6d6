import { expect } from 'vitest'
import type { Metadata } from '../../../storage/storage.ts'
import type { Check } from '../suite.ts'
import { expectFailure, put, read } from '../tools.ts'

const headers = {
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'max-age=60, public',
  contentDisposition: 'attachment; filename="a b.html"',
  contentLanguage: 'de-AT',
  expires: 'Wed, 21 Oct 2065 07:28:00 GMT',
} satisfies Partial<Metadata>

export function metadataCases(check: Check): void {
  check('metadata: content headers come back as they went', async ({ storage, skip }) => {
    if (!storage.abilities.contentHeaders) skip('content headers are not kept')
    await put(storage, 'key', 'x', { metadata: { ...headers, user: {} } })
    expect((await storage.head('key')).metadata).toMatchObject(headers)
    expect((await read(storage, 'key')).info.metadata).toMatchObject(headers)
  })

  check('metadata: Content-Encoding is kept and the bytes are not decoded', async ({ storage, skip }) => {
    if (!storage.abilities.contentHeaders) skip('content headers are not kept')
    await put(storage, 'key', 'not gzip at all', { metadata: { contentType: 'text/plain', contentEncoding: 'gzip', user: {} } })
    const { bytes, info } = await read(storage, 'key')
    expect(bytes.toString()).toBe('not gzip at all')
    expect(info.metadata.contentEncoding).toBe('gzip')
  })

  check('metadata: without a Content-Type none is guessed from the name', async ({ storage, skip }) => {
    if (!storage.abilities.contentHeaders) skip('content headers are not kept')
    await put(storage, 'page.html', 'x')
    const { contentType } = (await storage.head('page.html')).metadata
    expect([undefined, 'application/octet-stream', 'binary/octet-stream']).toContain(contentType)
  })

  check('metadata: user metadata, its names in lower case', async ({ storage, skip }) => {
    if (!storage.abilities.userMetadata) skip('user metadata is not kept')
    const user = { simple: 'value', 'with-hyphen': 'a b  c', mtime: '1700000000.25' }
    await put(storage, 'key', 'x', { metadata: { user } })
    expect((await storage.head('key')).metadata.user).toEqual(user)
    expect((await read(storage, 'key')).info.metadata.user).toEqual(user)
  })

  check('metadata: values beyond ASCII', async ({ storage, skip }) => {
    if (!storage.abilities.userMetadata) skip('user metadata is not kept')
    const user = { city: 'Zürich', name: '名前', face: '\u{1f600}', mixed: 'a=?utf-8?é' }
    await put(storage, 'key', 'x', { metadata: { user } })
    expect((await storage.head('key')).metadata.user).toEqual(user)
  })

  check('metadata: as much as the store says it holds', async ({ storage, skip }) => {
    if (!storage.abilities.userMetadata) skip('user metadata is not kept')
    const most = Math.min(storage.limits.maxMetadataBytes, 2_048)
    const user = { big: 'v'.repeat(most - 'big'.length) }
    await put(storage, 'key', 'x', { metadata: { user } })
    expect((await storage.head('key')).metadata.user).toEqual(user)
  })

  check('metadata: more than the store holds is refused, not cut', async ({ storage }) => {
    const user = { big: 'v'.repeat(storage.limits.maxMetadataBytes + 1) }
    await expectFailure(put(storage, 'key', 'x', { metadata: { user } }), 'metadata-unsupported')
    await expectFailure(storage.head('key'), 'not-found')
  })

  check('metadata: what it says to refuse is refused, what it does not say comes back', async ({ storage, skip }) => {
    if (!storage.abilities.userMetadata) skip('user metadata is not kept')
    const refuses = storage.refuses?.metadata ?? skip('nothing is refused beyond the limits')
    const names = ['under_score', 'dot.ted', 'a-b', '1st', 'sp ace', 'ümlaut', 'a:b']
    const values = ['plain', '', ' spaces ', 'two\nlines', 'tab\there', 'Zürich', '\u0001']
    for (const [name, value] of [...names.map((one) => [one, 'value'] as const), ...values.map((one) => ['name', one] as const)]) {
      const written = put(storage, 'key', 'x', { metadata: { user: { [name]: value } } })
      if (refuses(name, value) !== undefined) await expectFailure(written, 'metadata-unsupported')
      else {
        await written
        expect((await storage.head('key')).metadata.user).toEqual({ [name]: value })
      }
    }
  })

  check('metadata: replaced with the object', async ({ storage, skip }) => {
    if (!storage.abilities.userMetadata) skip('user metadata is not kept')
    await put(storage, 'key', 'x', { metadata: { contentType: 'text/plain', user: { old: '1' } } })
    await put(storage, 'key', 'y', { metadata: { contentType: 'text/css', user: { new: '2' } } })
    expect((await storage.head('key')).metadata).toMatchObject({ contentType: 'text/css', user: { new: '2' } })
    expect((await storage.head('key')).metadata.user).not.toHaveProperty('old')
  })
}
