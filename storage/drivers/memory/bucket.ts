/** What the operations of one opened bucket share. */
import type { CallOptions, StorageLimits } from '../../storage.ts'
import type { MemoryStore } from './store.ts'

export interface MemoryBucket {
  readonly store: MemoryStore
  readonly limits: StorageLimits
  readonly now: () => number
  readonly restoreMs: number
}

/** Every operation: after its signal was looked at, and whether the store is still there. */
export type Call = <T>(options: CallOptions | undefined, work: () => T | Promise<T>) => Promise<T>
