import type { BatchOrder } from '../copy/batch-order.ts'
import type { PiecePool } from '../copy/piece-pool.ts'
import type { RequestPool } from '../copy/request-pool.ts'
import type { Storages } from './storages.ts'

/** What the activities of one worker process share. */
export interface Dependencies {
  readonly storages: Storages
  /** Bounds requests in flight over all batches of the process. */
  readonly pool: RequestPool
  /** Bounds bytes in flight over all batches of the process. */
  readonly pieces: PiecePool
  /** Of all batches of the process. */
  readonly order: BatchOrder
}
