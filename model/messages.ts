/** Signals and Updates of `migration/<job>`: each name is both. Arguments are what people type in the Web UI. */
import { changeFields, readChange, type Changed, type ChangeFields } from './change.ts'
import type { Fault } from './codes.ts'
import { formatRow, parseLimits } from './flow/timetable.ts'
import { formatRate } from './rate.ts'
import type { JobStatus } from './status.ts'

export const messageNames = ['stop', 'start', 'retry', 'resetFlowControl', 'change'] as const
export type MessageName = (typeof messageNames)[number]

export interface StopMessage {
  readonly by?: string
}
export type StartMessage = StopMessage
export interface RetryMessage extends StopMessage {
  /** Only files that failed with this code. */
  readonly only?: string
}
export interface ResetFlowMessage extends StopMessage {
  /** As `06:00-12:00=5MB/s`; none: no limit but `maxFlow`. */
  readonly rows: readonly string[]
  /** Outside the rows; absent: no limit there. */
  readonly maxFlow?: string
}
export type ChangeMessage = StopMessage & ChangeFields
export type Message = RetryMessage | ResetFlowMessage | ChangeMessage

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

/** Rows and rates are as `formatRow` and `formatRate` write them. */
export interface Accepted {
  readonly ok: true
  readonly by: string
  readonly only?: string
  readonly rows: readonly string[]
  readonly maxFlow?: string
  readonly change: Changed
}
export type ParsedMessage = Accepted | { readonly ok: false; readonly fault: string }

const fieldsOf: Readonly<Record<MessageName, readonly string[]>> = {
  stop: ['by'],
  start: ['by'],
  retry: ['by', 'only'],
  resetFlowControl: ['by', 'rows', 'maxFlow'],
  change: ['by', ...changeFields],
}
/** What cannot be empty, by an example. */
const examples: Readonly<Partial<Record<MessageName, string>>> = { resetFlowControl: '{"rows": ["06:00-12:00=5MB/s"]}', change: '{"window": 40}' }
const shapeOf = (name: MessageName): string => examples[name] ?? '{}'

/** The one reader of a message's argument, however it was sent: nothing, `{}`, or the fields of the message. */
export function parseMessage(name: MessageName, value: unknown): ParsedMessage {
  const fault = faultOf(name, value)
  if (fault !== undefined) return { ok: false, fault }
  const { by = 'unknown', only, rows = [], maxFlow } = (value ?? {}) as Partial<Accepted>
  const message = { ok: true, by: by.slice(0, 100), ...(only !== undefined && { only }) } as const
  try {
    return { ...message, ...formatLimits(rows, maxFlow), change: name === 'change' && typeof value === 'object' && value !== null ? readChange(value) : {} }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { ok: false, fault: error.message }
  }
}

/** Rows and rate in their shortest texts, sorted. Fails with a RangeError whose message is one sentence for people. */
export function formatLimits(rows: readonly string[], maxFlow: string | undefined): Pick<Accepted, 'rows' | 'maxFlow'> {
  const limits = parseLimits(rows, maxFlow)
  const max = limits.maxBytesPerSecond
  return { rows: limits.rows.map(formatRow), ...(max !== null && { maxFlow: formatRate(max) }) }
}

function faultOf(name: MessageName, value: unknown): string | undefined {
  if (value === undefined || value === null) return name in examples ? `${name} takes ${shapeOf(name)}.` : undefined
  if (typeof value !== 'object' || Array.isArray(value)) return `${name} takes ${shapeOf(name)}, not ${JSON.stringify(value)}.`
  const fields = value as Readonly<Record<string, unknown>>
  if ('undecodable' in fields) return `${name}: what was sent could not be read as JSON; send ${shapeOf(name)}.`
  const known = fieldsOf[name]
  const unknown = Object.keys(fields).find((field) => !known.includes(field))
  if (unknown !== undefined) return `${name} has no field "${unknown}"; it takes ${listed(known)}.`
  if (name === 'resetFlowControl' && !('rows' in fields)) return `${name} takes ${shapeOf(name)}; [] removes all rows.`
  if ('rows' in fields && !isTexts(fields['rows'])) return `${name}: rows must be a list of texts, as ["06:00-12:00=5MB/s"].`
  const wrong = textFields.find((field) => field in fields && typeof fields[field] !== 'string')
  return wrong === undefined ? undefined : `${name}: ${wrong} must be a text.`
}

const textFields = ['by', 'only', 'maxFlow']
const listed = (names: readonly string[]): string => [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ')
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string')
