/** Signals and Updates of `migration/<job>`: each name is both. Arguments are what people type in the Web UI. */
import type { Fault } from './codes.ts'
import type { JobStatus } from './status.ts'

export const messageNames = ['stop', 'start', 'retry'] as const
export type MessageName = (typeof messageNames)[number]

export interface StopMessage {
  readonly by?: string
}
export type StartMessage = StopMessage
export interface RetryMessage extends StopMessage {
  /** Only files that failed with this code. */
  readonly only?: string
}

/** What an Update answers. */
export interface MessageAnswer {
  readonly status: JobStatus
  /** A sentence for people: what happens now. */
  readonly message: string
}

/** Answer of the Update `created`: given once the addresses are checked. */
export interface CreatedAnswer {
  readonly status: JobStatus
  readonly fault: Fault | null
}

/** Type of the ApplicationFailure that a validator throws when it refuses. */
export const refusedType = 'Refused'
