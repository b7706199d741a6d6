/**
 * The object that a check writes to see whether it may. Each attempt has one of its own, since two may overlap for a moment; and
 * it removes those of the attempts before it, whose workers may have been killed in between.
 */
import { randomUUID } from 'node:crypto'
import type { Info } from '@temporalio/activity'
import { reportFolder } from '../../model/report-row.ts'
import { isStorageError } from '../../storage/error.ts'
import type { CallOptions, Storage } from '../../storage/storage.ts'

export interface Canary {
  readonly key: string
  readonly earlier: readonly string[]
}

export function canaryOf({ workflowExecution, activityId, attempt }: Pick<Info, 'workflowExecution' | 'activityId' | 'attempt'>): Canary {
  const keyOf = (n: number): string => `${reportFolder}.canary-${workflowExecution?.runId ?? ''}-${activityId}.${n}`
  return { key: keyOf(attempt), earlier: Array.from({ length: attempt - 1 }, (_, i) => keyOf(i + 1)) }
}

export const newCanary = (): Canary => ({ key: `${reportFolder}.canary-${randomUUID()}`, earlier: [] })

/** Best effort: whether deleting is allowed is found out, and told, by the check itself. */
export async function clearEarlier(storage: Storage, { earlier }: Canary, options: CallOptions): Promise<void> {
  for (const key of earlier) {
    await storage.delete(key, options).catch((error: unknown) => {
      if (!isStorageError(error) || error.kind === 'aborted') throw error
    })
  }
}
