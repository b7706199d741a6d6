/** One piece, again and again until it is through: the unit of retrying is GET and PUT together, so no body is ever rewound. */
import { backoffMs, pieceBackoff } from '../model/backoff.ts'
import { mayTryAgain, withFailure, type Tries } from '../model/tries.ts'
import type { Engine } from './engine.ts'
import { isCopyFault, type CopyFault } from './fault.ts'
import { roomAtBoth } from './room.ts'
import { aborted, askedWaitMs, pause } from '../storage/retrying.ts'

/**
 * `attempt` is repeated after a wrong checksum at most `mostMismatches` times; it begins when both stores may be asked. Fails with
 * the CopyFault of the last try, `aborted` when the batch is cut before another.
 */
export async function tryPiece<T>(engine: Engine, key: string, attempt: () => Promise<T>, mostMismatches = 1): Promise<T> {
  let mismatches = 0
  let tries = engine.uploads.triesBefore(key)
  for (let round = 1; ; round++) {
    await roomAtBoth(engine, { signal: engine.closing })?.catch(() => cutShort(engine, key, tries))
    try {
      return await attempt()
    } catch (error) {
      if (!isCopyFault(error)) throw error
      tries = withFailure(tries, error.storage)
      if (error.code === 'ChecksumMismatch') mismatches++
      if (mismatches > mostMismatches || !mayPass(error, tries)) throw error
      await waitForNext(engine, key, error, { tries, round })
    }
  }
}

/** A wrong checksum may be one flipped bit. */
function mayPass({ code, storage }: CopyFault, tries: Tries): boolean {
  return code === 'ChecksumMismatch' || (storage?.retryable === true && mayTryAgain(tries))
}

async function waitForNext(engine: Engine, key: string, { storage }: CopyFault, { tries, round }: { tries: Tries; round: number }): Promise<void> {
  const waitMs = backoffMs(Math.max(round, tries.failed), Math.random(), pieceBackoff, storage && askedWaitMs(storage))
  if (engine.stopped() || waitMs > engine.timeLeftMs()) return cutShort(engine, key, tries)
  await pause(waitMs, engine.halt).catch(() => cutShort(engine, key, tries))
}

function cutShort(engine: Engine, key: string, tries: Tries): never {
  if (tries.failed + tries.throttled > 0) engine.uploads.keepTries(key, tries)
  throw aborted()
}
