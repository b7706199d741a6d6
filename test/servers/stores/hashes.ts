import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { startCrc64 } from './crc64.ts'
import type { HashName } from './dialect.ts'

/** MD5 and SHA-256 in lower-case hex, CRCs in decimal. */
export type Hashes = Readonly<Partial<Record<HashName, string>>>

export interface RunningHashes {
  update(chunk: Uint8Array): void
  digest(): Hashes
}

interface Running {
  update(chunk: Uint8Array): void
  digest(): string
}

/** Hashes a body that comes in chunks. */
export async function startHashes(names: readonly HashName[]): Promise<RunningHashes> {
  const running: [HashName, Running][] = []
  for (const name of names) running.push([name, await starters[name]()])
  return {
    update: chunk => {
      for (const [, hash] of running) hash.update(chunk)
    },
    digest: () => Object.fromEntries(running.map(([name, hash]) => [name, hash.digest()])),
  }
}

const starters: Readonly<Record<HashName, () => Running | Promise<Running>>> = {
  md5: () => startDigest('md5'),
  sha256: () => startDigest('sha256'),
  crc32: startCrc32,
  crc64: async () => {
    const crc = await startCrc64()
    return { update: chunk => crc.update(chunk), digest: () => String(crc.digest()) }
  },
}

function startDigest(algorithm: string): Running {
  const hash = createHash(algorithm)
  return { update: chunk => void hash.update(chunk), digest: () => hash.digest('hex') }
}

function startCrc32(): Running {
  let value = 0
  return { update: chunk => void (value = crc32(chunk, value)), digest: () => String(value) }
}
