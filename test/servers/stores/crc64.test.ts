import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { combineCrc64, crc64, startCrc64 } from './crc64.ts'

it('has the check value of CRC-64/XZ', () => {
  expect(crc64(Buffer.from('123456789')).toString(16)).toBe('995dc9bbdf1939fa')
})

it('combines the CRCs of two pieces into that of both', () => {
  for (const [a, b] of [
    [0, 0],
    [0, 5],
    [5, 0],
    [1, 1],
    [100, 1],
    [1, 100],
    [70_000, 131_071],
  ] as const) {
    const [left, right] = [randomBytes(a), randomBytes(b)]
    expect(combineCrc64(crc64(left), crc64(right), b)).toBe(crc64(Buffer.concat([left, right])))
  }
})

it('keeps streams that run at the same time apart', async () => {
  const [one, two] = [await startCrc64(), await startCrc64()]
  for (const byte of Buffer.from('123456789')) {
    one.update(Buffer.of(byte))
    two.update(Buffer.of(byte ^ 1))
  }
  expect(one.digest().toString(16)).toBe('995dc9bbdf1939fa')
  expect(two.digest().toString(16)).not.toBe('995dc9bbdf1939fa')
})
