/** A process that is killed at a given request: as seen from its stores. */
import { fault } from '../copy/support.ts'
import { intercept } from '../../storage/layers/intercept.ts'
import type { Storage } from '../../storage/storage.ts'

export interface Life {
  /** Requests that go through before the end. */
  left: number
  /** The last one is done, and its answer not heard. */
  readonly late: boolean
}

/** Over all stores that share the life. Nothing goes through after its end. */
export function dying(inner: Storage, life: Life): Storage {
  return intercept(inner, async (_call, next) => {
    life.left--
    if (life.left >= 0) return await next()
    if (life.left === -1 && life.late) await next()
    throw fault('forbidden')
  })
}
