/** `change`: what may be changed of a job that is open, how it is read, and when it counts. Pure. */
import { isOpenEnded } from './glob.ts'
import { maxPriority, maxWindow, overwriteRules, type JobOptions, type OverwriteRule } from './job.ts'
import { parseSize } from './size.ts'
import { didYouMean } from './suggest.ts'

/** What was changed since the job was made; null: no bound any more. Lists replace lists. */
export interface Changed {
  readonly window?: number
  readonly overwrite?: OverwriteRule
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly minSize?: number | null
  readonly maxSize?: number | null
  readonly priority?: number
}

/** As people type it: sizes also as `10MB`. */
export interface ChangeFields extends Omit<Changed, 'minSize' | 'maxSize'> {
  readonly minSize?: number | string | null
  readonly maxSize?: number | string | null
}

export const changeFields = ['window', 'overwrite', 'include', 'exclude', 'minSize', 'maxSize', 'priority'] as const satisfies readonly (keyof Changed)[]
const filterFields = ['include', 'exclude', 'minSize', 'maxSize'] as const

/** Globs travel with every batch and stand in the memo: characters of one list, all in all. */
export const maxGlobsLength = 1_000

/** Fails with a RangeError whose message is one sentence for people. Fields of other names are none of its business. */
export function readChange(fields: object): Changed {
  if (!changeFields.some((field) => field in fields)) throw new RangeError(`change takes one of ${changeFields.join(', ')}, as {"window": 40}.`)
  return {
    ...('window' in fields && { window: wholeNumber('window', fields.window, maxWindow) }),
    ...('overwrite' in fields && { overwrite: overwriteRule(fields.overwrite) }),
    ...('include' in fields && { include: globs('include', fields.include) }),
    ...('exclude' in fields && { exclude: globs('exclude', fields.exclude) }),
    ...('minSize' in fields && { minSize: size('minSize', fields.minSize) }),
    ...('maxSize' in fields && { maxSize: size('maxSize', fields.maxSize) }),
    ...('priority' in fields && { priority: wholeNumber('priority', fields.priority, maxPriority) }),
  }
}

function wholeNumber(field: string, value: unknown, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new RangeError(`change: ${field} must be a whole number from 1 to ${max}.`)
}

function overwriteRule(value: unknown): OverwriteRule {
  const rule = overwriteRules.find((one) => one === value)
  if (rule !== undefined) return rule
  const meant = typeof value === 'string' ? didYouMean(value, overwriteRules) : ''
  throw new RangeError(`change: overwrite must be one of ${overwriteRules.join(', ')}.${meant}`)
}

function globs(field: string, value: unknown): readonly string[] {
  if (!isTexts(value)) throw new RangeError(`change: ${field} must be a list of globs, as ["**/*.jpg"]; [] takes all away.`)
  const bad = value.find((glob) => glob === '' || isOpenEnded(glob))
  if (bad !== undefined) throw new RangeError(`change: ${field}: "${bad.slice(0, 100)}" is not a glob: write **/*.jpg, and \\ before a bracket that is meant literally.`)
  if (value.join('').length <= maxGlobsLength) return value
  throw new RangeError(`change: the globs of ${field} have more than ${maxGlobsLength} characters: make them fewer or shorter.`)
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')

function size(field: string, value: unknown): number | null {
  if (value === null) return null
  if (typeof value === 'string') return parseSize(value)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`change: ${field} must be a size, as 10000000 or "10MB"; null takes it away.`)
}

/** The job's options as they are now. */
export function withChanged(options: JobOptions, changed: Changed | undefined): JobOptions {
  if (changed === undefined) return options
  const { minSize: minBefore, maxSize: maxBefore, ...rest } = options
  const { minSize = minBefore, maxSize = maxBefore, ...others } = changed
  return { ...rest, ...others, ...(typeof minSize === 'number' && { minSize }), ...(typeof maxSize === 'number' && { maxSize }) }
}

const mostShown = 120

/** For the list of changes: `window 40, overwrite never`, cut where globs make it long. */
export function describeChange(change: Changed): string {
  const text = changeFields.flatMap((field) => (change[field] === undefined ? [] : [`${field} ${show(change[field])}`])).join(', ').replaceAll(/\s+/g, ' ')
  return text.length <= mostShown ? text : `${text.slice(0, mostShown - 1)}…`
}

function show(value: NonNullable<Changed[keyof Changed]> | null): string {
  if (value === null) return 'none'
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(' ')
  return String(value)
}

/** When it counts, as sentences for people. */
export function effectOf(change: Changed, isListed: boolean): string {
  const atOnce = changeFields.filter((field) => field in change && !isFilter(field))
  const counts = atOnce.length === 1 ? 'counts' : 'count'
  const filters = isListed ? 'All of this run is listed already: the filters count from the next run on.' : 'The filters count for what is listed from now on.'
  return [
    ...(atOnce.length === 0 ? [] : [`The new ${atOnce.join(', ')} ${counts} at once.`]),
    ...(Object.keys(change).some(isFilter) ? [filters] : []),
  ].join(' ')
}

const isFilter = (field: string): boolean => filterFields.some((filter) => filter === field)

/** What is in flight or queued must begin again to obey: batches carry the rule and their place in the queue. */
export const needsCut = ({ overwrite, priority }: Changed): boolean => overwrite !== undefined || priority !== undefined
