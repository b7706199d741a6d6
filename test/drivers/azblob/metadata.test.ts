import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toObjectInfo } from '../../../storage/drivers/azblob/info.ts'
import { decodeName, encodeName } from '../../../storage/drivers/azblob/metadata-names.ts'
import { toMetadata, toMetadataHeaders } from '../../../storage/drivers/azblob/metadata.ts'
import { toReceived } from '../../../storage/http/headers.ts'

const encodeUser = (user: Record<string, string>) => toMetadataHeaders({ user }, 8_192)

describe('metadata names', () => {
  it.each([
    ['plain_name1', 'plain_name1'],
    ['_leading', '_leading'],
    ['x-ms', 'x_x002d_ms'],
    ['1st', '_x0031_st'],
    ['a.b', 'a_x002e_b'],
    ['_x002d', '_x005f_x002d'],
    ['Upper', 'upper'],
  ])('%s is written %s', (name, written) => {
    expect(encodeName(name)).toBe(written)
    expect(decodeName(written)).toBe(name.toLowerCase())
  })

  it('are C# identifiers and come back whatever they are', () => {
    const lower = fc.oneof(fc.string({ unit: fc.constantFrom('_', 'x', '0', '2', 'd', '-', 'a') }), fc.string({ unit: 'grapheme' })).map((name) => name.toLowerCase())
    fc.assert(fc.property(lower.filter((name) => name !== ''), (name) => {
      expect(encodeName(name)).toMatch(/^[a-z_][a-z0-9_]*$/)
      expect(decodeName(encodeName(name))).toBe(name)
    }))
  })

  it('that look like ours but are none are left alone', () => {
    expect(decodeName('a_x2d_b')).toBe('a_x2d_b')
  })
})

describe('metadata values', () => {
  it('are sent as visible ASCII and come back whatever they are', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const headers = encodeUser({ name: value })
      expect(headers['x-ms-meta-name']).toMatch(/^$|^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
      expect(headers['x-ms-meta-name']).not.toMatch(/\s{2}/)
      expect(toMetadata(toReceived(headers)).user).toEqual({ name: value })
    }))
  })

  it('count as they are sent', () => {
    expect(() => encodeUser({ name: 'é'.repeat(4_000) })).toThrow(expect.objectContaining({ kind: 'metadata-unsupported' }))
    expect(() => encodeUser({ '': 'x' })).toThrow(expect.objectContaining({ kind: 'metadata-unsupported' }))
  })
})

describe('content headers', () => {
  it('beyond ASCII are refused by name', () => {
    const given = { contentDisposition: 'attachment; filename="é"', user: {} }
    expect(() => toMetadataHeaders(given, 8_192)).toThrow(expect.objectContaining({ kind: 'metadata-unsupported', message: expect.stringContaining('contentDisposition') }))
  })

  it('Expires is kept beside the user’s metadata', () => {
    const headers = toMetadataHeaders({ expires: 'Wed, 21 Oct 2065 07:28:00 GMT', user: { expires: 'mine' } }, 8_192)
    expect(toMetadata(toReceived(headers))).toEqual({ expires: 'Wed, 21 Oct 2065 07:28:00 GMT', user: { expires: 'mine' } })
  })
})

describe('what a blob’s headers say', () => {
  const md5 = '1B2M2Y8AsgTpgAmY7PhCfg=='
  it.each([
    [{ 'x-ms-access-tier': 'Hot' }, undefined],
    [{ 'x-ms-access-tier': 'Archive' }, 'archived'],
    [{ 'x-ms-access-tier': 'Archive', 'x-ms-archive-status': 'rehydrate-pending-to-hot' }, 'restoring'],
    [{ 'x-ms-access-tier': 'Archive', 'x-ms-archive-status': 'rehydrate-pending-to-cool' }, 'restoring'],
  ] as const)('%o is %s', (headers, archived) => {
    expect(toObjectInfo('key', 0, toReceived(headers), undefined).archived).toBe(archived)
  })

  const hashesOf = (blobType: string, stated?: string) => toObjectInfo('key', 0, toReceived({ 'x-ms-blob-type': blobType }), stated).hashes
  it('an MD5 counts for block blobs alone: others change without it', () => {
    expect(hashesOf('BlockBlob', md5)).toEqual({ md5: 'd41d8cd98f00b204e9800998ecf8427e' })
    expect(hashesOf('AppendBlob', md5)).toEqual({})
    expect(hashesOf('BlockBlob')).toEqual({})
  })
})
