/** Job options as flags and as keys of `--file job.yaml`: one validator for both, and what it makes of them. */
import { z } from 'zod'
import { TranshipError } from '../client/errors.ts'
import { jobDefaults, isJobName, type JobOptions } from '../model/job.ts'
import { overlapFault } from '../model/overlap.ts'
import { defaultRestoreDays } from '../model/restore-wait.ts'
import { didYouMean } from '../model/suggest.ts'
import { parseTime } from '../model/time.ts'
import { jobFileShape } from './job-file.ts'
import { toRefText } from './paths.ts'

export const jobFileSchema = z
  .strictObject(jobFileShape)
  .meta({ title: 'tranship job file', description: 'Job options, for --file of tranship migrate and create.' })
export type JobFile = z.output<typeof jobFileSchema>

/** `given` holds flags (camelCase, undefined where not given) over `file`, what --file held. Fails with a TranshipError. */
export function parseJobFile(given: Readonly<Record<string, unknown>>, file: Readonly<Record<string, unknown>> = {}): JobFile {
  const flags = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
  const merged = { ...file, ...flags }
  refuseUnknown(merged)
  const parsed = jobFileSchema.safeParse(merged)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw invalid(`${flagOf(String(issue.path[0]))}: ${issue.message}`)
}

export interface JobNames {
  readonly job: string
  readonly source: string
  readonly destination: string
}

/** The job as the workflow takes it; addresses that are local paths become absolute. Fails with a TranshipError. */
export function toJobOptions(names: JobNames, file: JobFile, folder: string): JobOptions {
  const {
    since,
    compareContentType,
    noCompareContentType,
    storageClassMap,
    verify,
    restore,
    restoreDays,
    restoreWait,
    ledger,
    dryRun: _dryRun,
    out: _out,
    interval,
    at,
    job: _job,
    from: _from,
    to: _to,
    ...rest
  } = file
  if (!isJobName(names.job)) throw invalidName(names.job)
  const source = toRefText(names.source, folder, 'source')
  const destination = toRefText(names.destination, folder, 'destination')
  const overlap = overlapFault(source, destination)
  if (overlap) throw new TranshipError(overlap.code, overlap.message)
  const timeZone = file.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  refuseMisplaced(file)
  if ((file.minSize ?? 0) > (file.maxSize ?? Infinity))
    throw invalid('--min-size lies above --max-size: no file could pass both.')
  if (!restore && (restoreDays ?? restoreWait) !== undefined) throw invalid('--restore-days and --restore-wait go with --restore: add it.')
  return {
    ...jobDefaults,
    ...dropUndefined(rest),
    type: file.type ?? 'full',
    ...(noCompareContentType === true || compareContentType === false ? { compareContentType: false } : {}),
    ...(since === undefined || since === 'all' ? {} : { sinceMs: timeOf('--since', since, timeZone) }),
    ...(verify === undefined || verify === 'none' ? {} : { verify }),
    ...(storageClassMap ? { storageClassMap } : {}),
    ...(restore ? { restoreDays: restoreDays ?? defaultRestoreDays, ...(restoreWait === undefined ? {} : { restoreWaitMs: restoreWait }) } : {}),
    ...(ledger === undefined ? {} : { ledger: toRefText(ledger, folder, 'destination') }),
    ...(interval === undefined ? {} : { intervalMs: interval }),
    ...(file.type === 'sync' ? { atMs: at === undefined ? Date.now() : timeOf('--at', at, timeZone) } : {}),
    timeZone,
    job: names.job,
    source,
    destination,
  }
}

/** Options of one type of job say nothing to another. */
function refuseMisplaced(file: JobFile): void {
  const { type = 'full' } = file
  const belongs = { times: 'incremental', interval: 'incremental', every: 'sync', at: 'sync' } as const
  for (const [option, only] of Object.entries(belongs))
    if (file[option as keyof typeof belongs] !== undefined && type !== only) throw invalid(`--${option} needs --type ${only}.`)
  if (type === 'sync' && file.every === undefined) throw invalid('--type sync needs --every hour, day or week.')
}

export const invalid = (message: string, hint: string | null = null): TranshipError =>
  new TranshipError('InvalidParameters', message, hint)

function invalidName(name: string): TranshipError {
  return new TranshipError(
    'InvalidJobName',
    `"${name}" is not a job name: write 3-63 lower-case letters, digits and hyphens, no hyphen at either end.`,
  )
}

export function checkJobName(name: string): string {
  if (!isJobName(name)) throw invalidName(name)
  return name
}

function refuseUnknown(given: Readonly<Record<string, unknown>>): void {
  const known = Object.keys(jobFileShape)
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(`There is no job option "${unknown}".${didYouMean(unknown, known)}`)
}

const flagOf = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function timeOf(option: string, text: string, timeZone: string): number {
  try {
    return parseTime(text, timeZone)
  } catch (error) {
    throw invalid(`${option}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const dropUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T
