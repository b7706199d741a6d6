import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { createCRC64 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { crc64Combine, crc64OfParts } from '../../copy/crc64/combine.ts'
import { compareHashes, openHasher, planHashes } from '../../copy/hashing.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { moduleFile, moduleText } from '../../scripts/crc64.ts'
import type { Storage, StorageAbilities } from '../../storage/storage.ts'

const hash = await openHasher()
const crc64 = (bytes: Uint8Array): string => hash([bytes], ['crc64']).crc64 ?? ''

describe('hashes', () => {
  it('have the check values of their catalogue', () => {
    const hashes = hash([Buffer.from('1234'), Buffer.from('56789')], ['crc64', 'crc32', 'crc32c', 'md5'])
    expect(BigInt(hashes.crc64 ?? 0).toString(16).toUpperCase()).toBe('995DC9BBDF1939FA')
    expect(hashes).toMatchObject({ crc32: 'cbf43926', crc32c: 'e3069283', md5: '25f9e794323b453885f5181f1b624d0b' })
    expect(hash([], ['crc64', 'crc32'])).toEqual({ crc64: '0', crc32: '00000000' })
  })

  it('of parts combine to that of the whole, whatever the cuts', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (parts) => {
        const combined = crc64OfParts(parts.map((bytes) => ({ crc64: crc64(bytes), size: bytes.length })))
        expect(combined).toBe(crc64(Buffer.concat(parts)))
      }),
      { numRuns: 500 },
    )
  })

  it('combine over lengths that no 32-bit number holds', () => {
    const zeros = (bytes: number): string => {
      const half = bytes === 1 ? '' : zeros(bytes / 2)
      return bytes === 1 ? crc64(Buffer.alloc(1)) : crc64Combine(half, half, bytes / 2)
    }
    const a = crc64(Buffer.from('a'))
    const far = 2 ** 36
    expect(crc64Combine(a, zeros(far), far)).toBe(crc64Combine(crc64Combine(a, zeros(far / 2), far / 2), zeros(far / 2), far / 2))
  })

  it('that both sides know decide', () => {
    expect(compareHashes({ md5: 'AB' }, { md5: 'ab', crc64: '1' })).toBe('equal')
    expect(compareHashes({ md5: 'ab', crc64: '2' }, { md5: 'ab', crc64: '1' })).toBe('different')
    expect(compareHashes({ crc32: '1' }, { crc64: '1' })).toBe('unknown')
  })
})

describe('CRC-64 in WebAssembly', () => {
  it('is what hash-wasm computes, wherever the bytes lie and however they are cut', async () => {
    const oracle = await createCRC64()
    const bytes = randomBytes(300_000)
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), fc.array(fc.nat(70_000), { maxLength: 5 }), (a, b, cuts) => {
        const part = bytes.subarray(Math.min(a, b), Math.max(a, b))
        const ends = [...cuts.map((cut) => Math.min(cut, part.length)).sort((x, y) => x - y), part.length]
        const pieces = ends.map((end, i) => part.subarray(ends[i - 1] ?? 0, end))
        expect(BigInt(hash(pieces, ['crc64']).crc64 ?? '')).toBe(BigInt(`0x${oracle.init().update(part).digest('hex')}`))
      }),
      { numRuns: 300 },
    )
  })

  it('is compiled from the text that lies beside it', async () => {
    expect(await readFile(moduleFile, 'utf8'), 'node scripts/crc64.ts writes it').toBe(await moduleText())
  })
})

describe('the plan of hashes', () => {
  const end = (abilities: Partial<StorageAbilities>): Storage => ({ ...openMemory(), abilities: { ...openMemory().abilities, ...abilities } })
  const s3 = end({ putHashes: ['crc32', 'md5'], statedHashes: ['md5'] })
  const oss = end({ putHashes: ['md5'], statedHashes: ['crc64', 'md5'] })
  const nas = end({ putHashes: [], statedHashes: [] })

  it.each([
    ['a store that states CRC-64', nas, oss, ['md5'] as const, ['crc64'], undefined],
    ['a store that proves CRC-32', nas, s3, ['crc32', 'md5'] as const, ['crc64', 'crc32'], 'crc32'],
    ['a store that proves MD5 alone', nas, s3, ['md5'] as const, ['crc64', 'md5'], 'md5'],
    ['a store that proves nothing but states MD5', nas, s3, [] as const, ['crc64', 'crc32', 'md5'], undefined],
    ['a source that states MD5', s3, oss, [] as const, ['crc64', 'md5'], undefined],
    ['two folders', nas, nas, [] as const, ['crc64'], undefined],
  ])('%s', (_name, source, destination, proven, whole, proving) => {
    expect(planHashes(source, destination, new Set(proven))).toMatchObject({ whole, proving })
  })
})
