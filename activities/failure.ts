/** The one translation of errors for Temporal. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity'
import { isStorageError } from '../storage/error.ts'
import type { StorageErrorKind } from '../storage/error.ts'
import { faultOf } from './fault.ts'

/** Repeating will not help: these need a person. */
const hopeless: ReadonlySet<StorageErrorKind> = new Set(['too-large', 'key-unsupported', 'invalid'])

export function toFailure(error: unknown, cancelled: boolean): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error
  if (isStorageError(error, 'aborted') && cancelled) return new CancelledFailure('The activity was cancelled.')
  if (isStorageError(error)) {
    return ApplicationFailure.create({
      type: error.kind,
      message: [error.message, error.code, error.requestId].filter(Boolean).join(' · '),
      nonRetryable: hopeless.has(error.kind),
      ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
    })
  }
  const fault = faultOf(error)
  if (fault !== undefined) return ApplicationFailure.create({ type: fault.code, message: fault.message })
  const failure = ApplicationFailure.create({ type: 'Unexpected', message: error instanceof Error ? error.message : String(error) })
  if (error instanceof Error && error.stack !== undefined) failure.stack = error.stack
  return failure
}
