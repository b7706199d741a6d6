/** The keys of a job file, which are also the job options of `migrate` and `create` in camelCase. */
import picomatch from 'picomatch'
import { z } from 'zod'
import { maxBatchFiles } from '../model/batch.ts'
import { formatRow, parseLimits } from '../model/flow/timetable.ts'
import { jobTypes, maxPriority, maxWindow, metadataPolicies, overwriteRules, periods } from '../model/job.ts'
import { formatRate, parseRate } from '../model/rate.ts'
import { parseSize } from '../model/size.ts'
import { didYouMean } from '../model/suggest.ts'
import { maxIntervalMs, maxTimes } from '../model/schedule.ts'
import { verifyModes } from '../model/verify.ts'
import { isTimeZone, parseDuration } from '../model/time.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A text or number that `read` understands; its RangeError's sentence is what a person sees. */
const readBy = <T>(read: (text: string) => T, description: string) =>
  z
    .union([z.string(), z.number()], { error: 'must be a text or a number.' })
    .transform((value, context) => {
      try {
        return read(String(value))
      } catch (error) {
        context.issues.push({ code: 'custom', message: messageOf(error), input: value })
        return z.NEVER
      }
    })
    .meta({ description })

const wholeNumber = (min: number, max: number, description: string) =>
  readBy((text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max))
      throw new RangeError(
        `"${text}" must be a whole number ${max === Number.MAX_SAFE_INTEGER ? 'of files' : `from ${min} to ${max}`}.`,
      )
    return value
  }, description)

const choice = <T extends string>(values: readonly T[], description: string) =>
  z
    .enum(values, {
      error: ({ input }) => {
        const given = typeof input === 'string' ? input : typeof input === 'number' || typeof input === 'boolean' ? `${input}` : 'that'
        return `"${given}" must be one of ${values.join(', ')}.${didYouMean(given, values)}`
      },
    })
    .meta({ description })

const text = (description: string) => z.string({ error: 'must be a text.' }).min(1, 'may not be empty.').meta({ description })
const flag = (description: string) => z.boolean({ error: 'must be true or false.' }).meta({ description })

const glob = z.string({ error: 'must be a glob, as **/*.jpg.' }).superRefine((value, context) => {
  const fault = globFault(value)
  if (fault) context.addIssue({ code: 'custom', message: fault })
})
const globs = (description: string) =>
  z.union([glob.transform((one) => [one]), z.array(glob)], { error: firstMessage }).meta({ description })

function globFault(value: string): string | undefined {
  if (value === '') return 'a glob may not be empty: write **/*.jpg.'
  try {
    picomatch.makeRe(value, { dot: true, strictBrackets: true })
    return undefined
  } catch (error) {
    return `"${value}" is not a glob: ${messageOf(error).toLowerCase()}; put \\ before a bracket that is meant literally.`
  }
}

/** The sentence of the branch that came nearest, instead of "Invalid input". */
function firstMessage(issue: z.core.$ZodRawIssue): string {
  const branches = (issue as { errors?: readonly (readonly z.core.$ZodRawIssue[])[] }).errors ?? []
  return branches.flat().find(({ code }) => code === 'custom')?.message ?? 'must be a glob or a list of globs.'
}

const flowRows = z
  .union([z.string(), z.array(z.string({ error: 'must be a row, as 06:00-12:00=5MB/s.' }))], { error: 'must be a row, as 06:00-12:00=5MB/s, or a list of rows.' })
  .transform((value, context) => {
    try {
      return parseLimits([value].flat(), undefined).rows.map(formatRow)
    } catch (error) {
      context.issues.push({ code: 'custom', message: messageOf(error), input: value })
      return z.NEVER
    }
  })

const classPair = /^([^=\s]+)=([^=\s]+)$/
const pairs = z.union([z.string(), z.array(z.string())]).transform((value, context) => {
  const map: Record<string, string> = {}
  for (const pair of [value].flat()) {
    const match = classPair.exec(pair)
    if (!match) {
      context.issues.push({
        code: 'custom',
        message: `"${pair}" must be A=B: objects of class A are stored as class B.`,
        input: value,
      })
      return z.NEVER
    }
    map[match[1]!] = match[2]!
  }
  return map
})

function parseMaxFailed(value: string): { readonly files: number } | { readonly percent: number } {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(value.trim())
  const number = Number(match?.[1])
  if (match?.[2] === '%' && number <= 100) return { percent: number }
  if (match?.[2] === '' && Number.isInteger(number)) return { files: number }
  throw new RangeError(`"${value}" must be a number of files, or a percentage as 5%.`)
}

function parseInterval(value: string): number {
  const ms = parseDuration(value)
  if (ms >= 1_000 && ms <= maxIntervalMs) return ms
  throw new RangeError(`"${value}" must be a time from 1s to 24h.`)
}

const tuning = z
  .strictObject({
    batchFiles: wholeNumber(1, maxBatchFiles, 'Files in a batch, at most.').optional(),
    heartbeatTimeout: readBy(parseDuration, 'A worker is taken for lost after this; never below 1s.').optional(),
  })
  .transform(({ batchFiles, heartbeatTimeout }) => ({
    ...(batchFiles !== undefined && { batchFiles }),
    ...(heartbeatTimeout !== undefined && { heartbeatTimeoutMs: Math.max(1_000, heartbeatTimeout) }),
  }))

const zone = z.string({ error: 'must be a text.' }).superRefine((value, context) => {
  if (isTimeZone(value)) return
  const meant = didYouMean(value, Intl.supportedValuesOf('timeZone'))
  context.addIssue({ code: 'custom', message: `"${value}" is not a time zone: write an IANA name as Asia/Shanghai.${meant}` })
})

export const jobFileShape = {
  job: text('Name of the job; --job.').optional(),
  from: text('Source address; --from.').optional(),
  to: text('Destination address; --to.').optional(),
  type: choice(jobTypes, 'full: one run; incremental: a full run and more that bring what changed; sync: again and again until it is stopped.').optional(),
  times: wholeNumber(1, maxTimes, `Incremental: runs in all, 1 to ${maxTimes}.`).optional(),
  interval: readBy(parseInterval, 'Incremental: time from the end of one run to the next, as 1h, at most 24h.').optional(),
  every: choice(periods, 'Sync: how often.').optional(),
  at: z.string({ error: 'must be a time in quotes, as "2026-03-05T02:00".' }).meta({ description: 'Sync: the moment of the first run, from which the others are counted (ISO 8601); default: now.' }).optional(),
  since: z
    .string({ error: 'must be "all" or a time in quotes, as "2026-03-05T08:00".' })
    .meta({ description: 'Only files modified since: "all", or a time (ISO 8601).' })
    .optional(),
  timeZone: zone.meta({ description: "IANA time zone of flow control and of times without an offset; default: the client's." }).optional(),
  flow: flowRows
    .meta({ description: 'Rows of flow control, as 06:00-12:00=5MB/s: the most bytes a second in that time of each day; 0 holds the job.' })
    .optional(),
  maxFlow: readBy((value) => formatRate(parseRate(value)), 'The most bytes a second outside the rows of flow, as 20MB/s; 0 holds the job.').optional(),
  overwrite: choice(overwriteRules, 'What happens to an object of the same name at the destination.').optional(),
  compareContentType: flag(
    'A different content type is a difference; costs a HEAD on both sides for files that would else be skipped.',
  ).optional(),
  noCompareContentType: flag('The same as compareContentType: false.').optional(),
  include: globs('Globs on the key below the prefix; none: everything.').optional(),
  exclude: globs('Globs on the key below the prefix; wins over include.').optional(),
  minSize: readBy(parseSize, 'Only files of at least this size: bytes, or as 10MB, 1GiB.').optional(),
  maxSize: readBy(parseSize, 'Only files of at most this size.').optional(),
  window: wholeNumber(1, maxWindow, `Batches in flight, 1 to ${maxWindow}.`).optional(),
  priority: wholeNumber(1, maxPriority, 'Whose batches go first where workers are few: 1 (first) to 5, default 3.').optional(),
  keepMtime: flag('Keep the modified time from object to object.').optional(),
  storageClassMap: z
    .union([pairs, z.record(z.string(), z.string())], { error: 'must be A=B: objects of class A are stored as class B.' })
    .meta({ description: 'Objects of class A are stored as class B: "A=B", or a map.' })
    .optional(),
  followSymlinks: flag('Follow the symbolic links of a NAS source.').optional(),
  emptyDirectories: flag('Make empty directories "name/" objects.').optional(),
  metadataPolicy: choice(
    metadataPolicies,
    'What to do where the destination cannot hold metadata: fail the file, or drop what it cannot hold.',
  ).optional(),
  restore: flag('Restore archived objects and copy them when they can be read; else they fail as Archived.').optional(),
  restoreDays: wholeNumber(1, 30, 'How many days restored copies stay; default 7.').optional(),
  restoreWait: readBy(parseDuration, 'First wait before restored copies are looked for, doubling up to 1 h; default 2m.').optional(),
  serverCopy: flag(
    'Let the store copy objects itself where both ends are one to it, with one key. Default: where it then states their CRC-64 (OSS, COS, KS3).',
  ).optional(),
  tags: flag('Copy the tags of objects, where both ends have them.').optional(),
  acl: flag('Copy who may read and write each object (private, public-read, public-read-write), where both ends have it.').optional(),
  verify: choice(verifyModes, 'Read copied files again at the destination before they count as completed: none, sample (one in a hundred) or all.').optional(),
  maxFailed: readBy(
    parseMaxFailed,
    'End the job early when more files than this have failed: a number, or a percentage as 5%.',
  ).optional(),
  listExcluded: flag('Report the files that the filters left out.').optional(),
  ledger: text("Address that holds the job's ledger; default: the destination.").optional(),
  expectFiles: wholeNumber(
    0,
    Number.MAX_SAFE_INTEGER,
    'Number of files, for progress before the listing is complete.',
  ).optional(),
  expectBytes: readBy(parseSize, 'Size of all files, for progress before the listing is complete.').optional(),
  tuning: tuning.meta({ description: 'For tests: smaller batches, and a lost worker noticed sooner.' }).optional(),
  dryRun: flag('List and decide, copy nothing.').optional(),
  out: text('Folder for the lists of a dry run.').optional(),
} as const
