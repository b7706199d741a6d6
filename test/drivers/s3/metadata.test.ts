import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rawUtf8, rfc2047, type MetadataText } from '../../../storage/http/metadata-text.ts'
import { anyName, toMetadata, toMetadataHeaders } from '../../../storage/http/metadata.ts'
import { toReceived, toWire } from '../../../storage/http/headers.ts'

/** Through the headers, as the bytes on the wire are. */
function roundTrip(user: Record<string, string>, text: MetadataText): Record<string, string> {
  const form = { prefix: 'x-meta-', text, names: anyName }
  const headers = toMetadataHeaders({ user }, form, 2048)
  return { ...toMetadata(new Map(Object.entries(headers).map(([name, value]) => [name, toWire(value)])), form).user }
}

describe('user metadata', () => {
  it('comes back whole from stores that know RFC 2047 and from those that do not, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
        (value) => {
          expect(roundTrip({ a: value }, rfc2047)).toEqual({ a: value })
        },
      ),
    )
  })

  it('is left readable where it is plain', () => {
    expect(rfc2047.encode('1763910007.123')).toBe('1763910007.123')
    expect(rfc2047.encode('ü')).toBe('=?UTF-8?B?w7w=?=')
  })

  it('is encoded where it looks like encoded text', () => {
    const value = '=?UTF-8?B?w7w=?='
    expect(rfc2047.encode(value)).not.toBe(value)
    expect(roundTrip({ a: value }, rfc2047)).toEqual({ a: value })
  })

  it('is read when a store writes several words or quoted-printable', () => {
    expect(rfc2047.decode('=?utf-8?q?=C3=BC_=3D?=  =?UTF-8?B?w7w=?=')).toBe('ü =ü')
    expect(rfc2047.decode('a =?UTF-8?B?w7w=?=')).toBe('a =?UTF-8?B?w7w=?=')
  })

  it('goes as raw UTF-8 where the store holds that, and is refused where HTTP would change it', () => {
    expect(roundTrip({ a: 'ünïcode 中 😀', b: 'a  b' }, rawUtf8)).toEqual({ a: 'ünïcode 中 😀', b: 'a  b' })
    for (const value of [' a', 'a ', 'a\nb', 'a\0']) {
      expect(() => roundTrip({ a: value }, rawUtf8)).toThrow(expect.objectContaining({ kind: 'metadata-unsupported' }))
    }
  })

  it('has names in lower case, and none that is no header name', () => {
    expect(roundTrip({ 'Mtime-NS': '1' }, rawUtf8)).toEqual({ 'mtime-ns': '1' })
    for (const name of ['a b', 'ü', '', 'a:b']) {
      expect(() => roundTrip({ [name]: '1' }, rawUtf8)).toThrow(expect.objectContaining({ kind: 'metadata-unsupported' }))
    }
  })
})

describe('user metadata that is too much', () => {
  it('is refused by the bytes of names and values', () => {
    const form = { prefix: 'x-meta-', text: rawUtf8, names: anyName }
    expect(() => toMetadataHeaders({ user: { ab: 'ü'.repeat(4) } }, form, 10)).not.toThrow()
    expect(() => toMetadataHeaders({ user: { abc: 'ü'.repeat(4) } }, form, 10)).toThrow(
      expect.objectContaining({ kind: 'metadata-unsupported' }),
    )
  })
})

describe('content headers', () => {
  const form = { prefix: 'x-meta-', text: rawUtf8, names: anyName }

  it('go and come under their own names', () => {
    const metadata = {
      contentType: 'text/plain',
      cacheControl: 'no-store',
      contentEncoding: 'gzip',
      contentDisposition: 'inline',
      contentLanguage: 'de',
      expires: 'never',
      user: {},
    }
    expect(toMetadata(toReceived(toMetadataHeaders(metadata, form, 2048)), form)).toEqual(metadata)
  })

  it('always hold a content type, so that no store guesses', () => {
    expect(toMetadataHeaders({ user: {} }, form, 2048)).toEqual({ 'content-type': 'application/octet-stream' })
  })

  it('are read as UTF-8 or, where they are not, as latin1', () => {
    expect(toMetadata(toReceived({ 'content-disposition': toWire('ü.txt') }), form).contentDisposition).toBe('ü.txt')
    expect(toMetadata(toReceived({ 'content-disposition': '\xfc.txt' }), form).contentDisposition).toBe('\xfc.txt')
  })
})
