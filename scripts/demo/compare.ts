import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bucket } from './bucket.ts'
import { clientOf } from './client.ts'
import type { CompletedRow } from './report.ts'

export interface Sample {
  readonly seed: number
  readonly files: number
  readonly bytes: number
}

/** Reads `count` random files back and compares their bytes with the folder's, and the store's CRC-64 with the report's. */
export async function compareSample(bucket: Bucket, folder: string, rows: readonly CompletedRow[], count: number): Promise<Sample> {
  const client = clientOf(bucket)
  const seed = randomInt(2 ** 31)
  const chosen = pick(rows, Math.min(count, rows.length), seed)
  let bytes = 0
  for (const { file_name: key, crc64 } of chosen) {
    const { content, res } = await client.get(key)
    const expected = await readFile(join(folder, key))
    if (!expected.equals(content as Buffer)) throw new Error(`${key}: the bytes differ`)
    const stated = (res.headers as Record<string, string>)['x-oss-hash-crc64ecma']
    if (stated !== crc64) throw new Error(`${key}: CRC-64 ${stated} in the bucket, ${crc64} in the report`)
    bytes += expected.length
  }
  return { seed, files: chosen.length, bytes }
}

function pick<T>(items: readonly T[], count: number, seed: number): T[] {
  const left = [...items]
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    const [item] = left.splice(state % left.length, 1)
    return item as T
  })
}
