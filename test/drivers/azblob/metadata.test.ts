import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toObjectInfo } from '../../../storage/drivers/azblob/info.ts'
import { decodeName, encodeName } from '../../../storage/drivers/azblob/metadata-names.ts'
import { toBlobMetadata, toMetadata } from '../../../storage/drivers/azblob/metadata.ts'

const encodeUser = (user: Record<string, string>) => toBlobMetadata({ user }, 8_192).metadata

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
      const metadata = encodeUser({ name: value })
      expect(metadata['name']).toMatch(/^$|^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
      expect(metadata['name']).not.toMatch(/\s{2}/)
      expect(toMetadata({ metadata }).user).toEqual({ name: value })
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
    expect(() => toBlobMetadata(given, 8_192)).toThrow(expect.objectContaining({ kind: 'metadata-unsupported', message: expect.stringContaining('contentDisposition') }))
  })

  it('Expires is kept beside the user’s metadata', () => {
    const { metadata } = toBlobMetadata({ expires: 'Wed, 21 Oct 2065 07:28:00 GMT', user: { expires: 'mine' } }, 8_192)
    expect(toMetadata({ metadata })).toEqual({ expires: 'Wed, 21 Oct 2065 07:28:00 GMT', user: { expires: 'mine' } })
  })
})

describe('what a blob’s headers say', () => {
  const md5 = Buffer.from('d41d8cd98f00b204e9800998ecf8427e', 'hex')
  it.each([
    [{ accessTier: 'Hot' }, undefined],
    [{ accessTier: 'Archive' }, 'archived'],
    [{ accessTier: 'Archive', archiveStatus: 'rehydrate-pending-to-hot' }, 'restoring'],
    [{ accessTier: 'Archive', archiveStatus: 'rehydrate-pending-to-cool' }, 'restoring'],
  ])('%o is %s', (headers, archived) => {
    expect(toObjectInfo('key', 0, headers, undefined).archived).toBe(archived)
  })

  it('an MD5 counts for block blobs alone: others change without it', () => {
    expect(toObjectInfo('key', 0, { blobType: 'BlockBlob' }, md5).hashes).toEqual({ md5: 'd41d8cd98f00b204e9800998ecf8427e' })
    expect(toObjectInfo('key', 0, { blobType: 'AppendBlob' }, md5).hashes).toEqual({})
    expect(toObjectInfo('key', 0, { blobType: 'BlockBlob' }, undefined).hashes).toEqual({})
  })
})
