import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMtime, mapMetadata, parseMtime, type MetadataRules } from '../../model/metadata.ts'

const store: MetadataRules = { policy: 'fail', keepMtime: false, contentHeaders: true, userMetadata: true, keepsMtime: false, maxMetadataBytes: 20 }
const folder: MetadataRules = { ...store, contentHeaders: false, userMetadata: false, keepsMtime: true, maxMetadataBytes: 0 }

describe('metadata', () => {
  it('goes over as it is where the destination has room', () => {
    const source = { contentType: 'text/plain', contentEncoding: 'gzip', user: { owner: 'Zoë' } }
    expect(mapMetadata(source, 5, store)).toEqual({ kind: 'ok', metadata: source, mtimeMs: 5, dropped: [] })
  })

  it('fails, or loses what does not fit, as the policy says', () => {
    const source = { user: { a: 'x'.repeat(10), b: 'x'.repeat(10), 'not a name': 'x' } }
    expect(mapMetadata(source, 5, store)).toMatchObject({ kind: 'unsupported', sentence: expect.stringMatching(/"b", "not a name".*20 bytes.*plain letters/) })
    const dropped = mapMetadata(source, 5, { ...store, policy: 'drop' })
    expect(dropped).toMatchObject({ metadata: { user: { a: 'x'.repeat(10) } }, dropped: ['b', 'not a name'] })
  })

  it('leaves content headers behind where there are none, without failing', () => {
    expect(mapMetadata({ contentType: 'text/plain', user: {} }, 5, folder)).toMatchObject({ kind: 'ok', metadata: { user: {} } })
    expect(mapMetadata({ user: { owner: 'zoe' } }, 5, folder)).toMatchObject({ kind: 'unsupported', sentence: expect.stringContaining('"owner"') })
  })

  it('carries the modified time as rclone does, and back', () => {
    const kept = mapMetadata({ user: {} }, 1_700_000_000_250, { ...store, keepMtime: true })
    expect(kept).toMatchObject({ metadata: { user: { mtime: '1700000000.25' } } })
    expect(mapMetadata({ user: { mtime: '1700000000.250000000' } }, 9, folder)).toMatchObject({ metadata: { user: {} }, mtimeMs: 1_700_000_000_250 })
    expect(mapMetadata({ user: { mtime: '1' } }, 9, { ...store, keepMtime: true })).toMatchObject({ metadata: { user: { mtime: '1' } } })
  })

  it('writes and reads times to the microsecond, also before 1970', () => {
    expect(['0', '-1.5', '1700000000.000001'].map((text) => formatMtime(parseMtime(text) ?? Number.NaN))).toEqual(['0', '-1.5', '1700000000.000001'])
    fc.assert(fc.property(fc.integer({ min: -1e13, max: 1e13 }), (ms) => {
        expect(parseMtime(formatMtime(ms))).toBe(ms)
      }))
    expect(['', 'yesterday', '1e5', undefined].map(parseMtime)).toEqual([undefined, undefined, undefined, undefined])
  })
})
