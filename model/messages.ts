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

export type ParsedMessage = { readonly ok: true; readonly by: string; readonly only?: string } | { readonly ok: false; readonly fault: string }

/** The one reader of a message's argument, however it was sent: nothing, `{}`, or the fields of the message. */
export function parseMessage(name: MessageName, value: unknown): ParsedMessage {
  if (value === undefined || value === null) return { ok: true, by: 'unknown' }
  if (typeof value !== 'object' || Array.isArray(value)) return { ok: false, fault: `${name} takes {}, not ${JSON.stringify(value)}.` }
  const fields = value as Record<string, unknown>
  if ('undecodable' in fields) return { ok: false, fault: `${name}: what was sent could not be read as JSON; send {}.` }
  const known = name === 'retry' ? ['by', 'only'] : ['by']
  const unknown = Object.keys(fields).find((field) => !known.includes(field))
  if (unknown !== undefined) return { ok: false, fault: `${name} has no field "${unknown}"; it takes ${known.join(' and ')}.` }
  const wrong = Object.keys(fields).find((field) => typeof fields[field] !== 'string')
  if (wrong !== undefined) return { ok: false, fault: `${name}: ${wrong} must be a text.` }
  const { by = 'unknown', only } = fields as { by?: string; only?: string }
  return { ok: true, by, ...(only !== undefined && { only }) }
}
