/** Hashes of a piece in memory. Computing is synchronous, so one instance of each hasher serves the whole process. */
import { createHash, hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { createCRC32, type IHasher } from 'hash-wasm'
import { crc64Digest, crc64Start, crc64Update } from './crc64/crc64.ts'
import type { Body, HashName, Hashes, Storage } from '../storage/storage.ts'

export interface Hasher {
  (body: Body, names: Iterable<HashName>): Hashes
}

/** CRC-32C's polynomial, reflected. */
const castagnoli = 0x82f63b78

let shared: Promise<Hasher> | undefined
export function openHasher(): Promise<Hasher> {
  shared ??= makeHasher()
  return shared
}

async function makeHasher(): Promise<Hasher> {
  const crc32c = await createCRC32(castagnoli)
  const functions: Readonly<Record<HashName, (body: Body) => string>> = {
    crc64: (body) => crc64Digest(body.reduce(crc64Update, crc64Start)),
    crc32c: (body) => digestOf(crc32c, body),
    crc32: (body) => body.reduce((sum, bytes) => crc32(bytes, sum), 0).toString(16).padStart(8, '0'),
    md5: md5Of,
  }
  return (body, names) => {
    const hashes: { -readonly [N in HashName]?: string } = {}
    for (const name of names) hashes[name] ??= functions[name](body)
    return hashes
  }
}

/** One call, where there is one buffer: half the time of a hash that is built up. */
function md5Of(body: Body): string {
  const [only] = body
  if (only !== undefined && body.length === 1) return hash('md5', only)
  return body.reduce((sum, bytes) => sum.update(bytes), createHash('md5')).digest('hex')
}

function digestOf(hasher: IHasher, body: Body): string {
  hasher.init()
  for (const bytes of body) hasher.update(bytes)
  return hasher.digest('hex')
}

/**
 * Which hashes a file needs on its way. CRC-64/XZ always: the report has it, and a destination that states it needs no other;
 * else the cheapest that the destination proves, or what it states to compare with.
 */
export interface HashPlan {
  /** Of a whole object. */
  readonly whole: readonly HashName[]
  /** Of a part. */
  readonly part: readonly HashName[]
  /** The one that goes with a put and that the destination was seen to prove. */
  readonly proving: HashName | undefined
}

export function planHashes(source: Storage, destination: Storage, proven: ReadonlySet<HashName>): HashPlan {
  const { putHashes, statedHashes } = destination.abilities
  const states = statedHashes.includes('crc64')
  const proving = putHashes.find((name) => proven.has(name) && (name === 'crc64' || !states))
  const sent = proving ?? (states ? undefined : putHashes[0])
  const compared = proving === undefined && !states ? statedHashes[0] : undefined
  const read = source.abilities.statedHashes.includes('crc64') ? undefined : source.abilities.statedHashes[0]
  return { whole: namesOf('crc64', sent, compared, read), part: namesOf('crc64', sent, compared), proving }
}

function namesOf(...names: (HashName | undefined)[]): HashName[] {
  return [...new Set(names)].filter((name) => name !== undefined)
}

/** What a store states against what we computed. Unknown where they share no hash. */
export function compareHashes(stated: Hashes, ours: Hashes): 'equal' | 'different' | 'unknown' {
  const shared = (['crc64', 'md5', 'crc32', 'crc32c'] as const).filter((name) => stated[name] !== undefined && ours[name] !== undefined)
  if (shared.length === 0) return 'unknown'
  return shared.every((name) => stated[name]?.toLowerCase() === ours[name]?.toLowerCase()) ? 'equal' : 'different'
}
