/** One piece, again and again until it is through: the unit of retrying is GET and PUT together, so no body is ever rewound. */
import { backoffMs, pieceBackoff } from '../model/backoff.ts'
import type { Engine } from './engine.ts'
import { isCopyFault, type CopyFault } from './fault.ts'
import { aborted, maxTries, pause } from '../storage/retrying.ts'

/**
 * `attempt` is repeated after a wrong checksum at most `mostMismatches` times. Fails with the CopyFault of the last try, `aborted`
 * when the batch is cut between two tries.
 */
export async function tryPiece<T>(engine: Engine, key: string, attempt: () => Promise<T>, mostMismatches = 1): Promise<T> {
  let mismatches = 0
  for (let failed = engine.uploads.triesBefore(key); ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (!isCopyFault(error)) throw error
      failed++
      if (error.code === 'ChecksumMismatch') mismatches++
      if (mismatches > mostMismatches || !mayPass(error, failed)) throw error
      await waitForNext(engine, key, error, failed)
    }
  }
}

/** A wrong checksum may be one flipped bit. */
function mayPass({ code, storage }: CopyFault, failed: number): boolean {
  return code === 'ChecksumMismatch' || (storage?.retryable === true && failed < maxTries)
}

async function waitForNext(engine: Engine, key: string, { storage }: CopyFault, failed: number): Promise<void> {
  if (storage?.kind === 'throttled') engine.pool.slowDown()
  const waitMs = backoffMs(failed, Math.random(), pieceBackoff, storage?.retryAfterMs)
  if (engine.stopped() || waitMs > engine.timeLeftMs()) return cutShort(engine, key, failed)
  await pause(waitMs, engine.halt).catch(() => cutShort(engine, key, failed))
}

function cutShort(engine: Engine, key: string, failed: number): never {
  engine.uploads.keepTries(key, failed)
  throw aborted()
}
