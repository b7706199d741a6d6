import { setTimeout } from 'node:timers/promises'
import { StorageError } from '../error.ts'

/** Waits; ends at once, with kind `aborted`, when the signal fires. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal })
  } catch (cause) {
    throw new StorageError('The caller gave up.', { kind: 'aborted', cause })
  }
}
