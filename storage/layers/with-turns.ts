import { isStorageError, type StorageErrorKind } from '../error.ts'
import type { Storage } from '../storage.ts'
import { forward, intercept } from './intercept.ts'
import type { RequestTurns } from './request-turns.ts'

/** After these nobody knows whether the store would have answered. */
const unanswered: ReadonlySet<StorageErrorKind> = new Set(['network', 'timeout', 'unavailable', 'aborted'])

/** Each call begins when it is its turn; a store that asks to go slower is asked less from then on. */
export function withTurns(inner: Storage, turns: RequestTurns): Storage {
  const calls = intercept(inner, async ({ signal }, next) => {
    const turn = turns.begin({ signal })
    if (turn) await turn
    const startedMs = turns.began()
    try {
      const answer = await next()
      turns.answered()
      return answer
    } catch (error) {
      if (isStorageError(error, 'throttled')) throw turns.refused(error, startedMs)
      if (isStorageError(error) && !unanswered.has(error.kind)) turns.answered()
      throw error
    } finally {
      turns.ended(startedMs)
    }
  })
  return { ...forward(calls), turns }
}
