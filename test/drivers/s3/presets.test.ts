import { describe, expect, it } from 'vitest'
import { s3Dialect, s3DialectFor } from '../../../storage/drivers/s3/dialects/s3.ts'
import { presetFault, presetNames, type PresetName } from '../../../storage/drivers/s3/presets.ts'

const of = (preset: PresetName) => s3DialectFor({ vendor: 's3', bucket: 'b', preset })
const hashes = { crc32: '00000001', md5: '0'.repeat(32) }

describe('presets of S3-compatible stores', () => {
  it.each<[PresetName, version: 1 | 2, urlEncoding: boolean, conditions: boolean, checksums: boolean]>([
    ['minio', 2, true, true, true],
    ['r2', 2, true, true, false],
    ['b2', 2, true, false, false],
    ['wasabi', 2, true, false, false],
    ['ceph', 1, false, false, false],
    ['obs', 1, false, false, false],
    ['tos', 2, true, false, false],
  ])('%s: list V%i, URL-encoded %s, conditional %s, checksums %s', (name, version, urlEncoding, conditions, checksums) => {
    const { listing, abilities, writes, hashes: form, reads } = of(name)
    expect(listing).toMatchObject({ version, urlEncoding })
    expect(abilities.conditionalPut).toBe(conditions)
    expect([writes.ifAbsent === 'look', writes.ifMatch]).toEqual([!conditions, conditions])
    const sent = Object.keys({ ...form.toHeaders(hashes), ...writes.uploadChecksum, ...reads.headers })
    expect(sent.some((header) => header.startsWith('x-amz-checksum'))).toBe(checksums)
    expect(sent).toContain('content-md5')
    expect(form.partHash).toBe(checksums ? 'crc32' : undefined)
    expect(abilities.putHashes).toEqual(checksums ? s3Dialect.abilities.putHashes : ['md5'])
  })

  it('say what an address must add to each', () => {
    const missing = presetNames.map((preset) => [preset, presetFault({ preset })?.split(' ')[0] ?? 'nothing'])
    expect(Object.fromEntries(missing)).toEqual({
      minio: 'endpoint', r2: 'endpoint', b2: 'region', wasabi: 'nothing', ceph: 'endpoint', obs: 'region', tos: 'region',
    })
    for (const preset of presetNames) expect(presetFault({ preset, region: 'r', endpoint: 'https://x' })).toBeUndefined()
  })

  it('leave Amazon S3 as it is', () => expect(s3DialectFor({ vendor: 's3', bucket: 'b', region: 'r' })).toBe(s3Dialect))
})
