/** The job options of `migrate` and `create` as flags; what they mean is checked in options.ts, one way for flags and files. */
import { overwriteRules, metadataPolicies } from '../model/job.ts'
import type { Options } from 'yargs'
import type { CommandOptions } from './command.ts'
import { verifyModes } from '../model/verify.ts'

const text = (describe: string) => ({ type: 'string', describe }) as const
const flag = (describe: string) => ({ type: 'boolean', describe }) as const
const list = (describe: string) => ({ type: 'array', string: true, describe }) as const

const usable = {
  file: text('A YAML file of job options in camelCase; flags win'),
  type: text('full: one run; incremental: --times runs, --interval apart; sync: --every hour, day or week until it is stopped'),
  times: text('Incremental: runs in all, 1 to 30'),
  interval: text('Incremental: from the end of one run to the next, as 1h, at most 24h; default 1h'),
  every: text('Sync: hour, day or week'),
  at: text('Sync: moment of the first run (ISO 8601); default: now'),
  since: text('Only files modified since: all, or a time (ISO 8601)'),
  'time-zone': text("IANA zone of flow control and of times without an offset; default: this machine's"),
  flow: list('Row of flow control, as 06:00-12:00=5MB/s (repeatable)'),
  'max-flow': text('The most outside the rows, as 20MB/s; 0 holds the job'),
  overwrite: text(overwriteRules.join(' | ')),
  'no-compare-content-type': flag('Leave content types out of the comparison'),
  include: list('Only keys that match this glob (repeatable)'),
  exclude: list('No keys that match this glob (repeatable, wins)'),
  'min-size': text('Only files of at least this size, as 10MB'),
  'max-size': text('Only files of at most this size'),
  window: text('Batches in flight, 1 to 200'),
  priority: text('Whose batches go first where workers are few: 1 (first) to 5, default 3'),
  'keep-mtime': flag('Keep the modified time from object to object'),
  'storage-class-map': list('A=B: class A is stored as class B (repeatable)'),
  'follow-symlinks': flag('Follow the symbolic links of a NAS source'),
  'empty-directories': flag('Make empty directories "name/" objects'),
  'metadata-policy': text(`${metadataPolicies.join(' | ')}: where the destination cannot hold metadata`),
  restore: flag('Restore archived objects, copy them when ready'),
  'restore-days': text('Days that restored copies stay, default 7'),
  'restore-wait': text('First wait for them, doubling up to 1 h; default 2m'),
  'server-copy': flag('Let the store copy itself within one endpoint; default: where it states CRC-64; =false: never'),
  tags: flag('Copy the tags of objects'),
  acl: flag('Copy access rights: private, public-read, public-read-write'),
  verify: text(`${verifyModes.join(' | ')}: read copied files again, one in a hundred or all`),
  'max-failed': text('End early above so many failed files, as 100 or 5%'),
  'list-excluded': flag('Report what the filters left out'),
  ledger: text('Address that holds the ledger; default: the destination'),
  'expect-files': text('Number of files, for progress before the listing is complete'),
  'expect-bytes': text('Their size, as 80GB'),
  'dry-run': flag('List and decide, copy nothing'),
  out: text('Folder for the lists of a dry run'),
} as const satisfies CommandOptions

const { window, overwrite, include, exclude, 'min-size': minSize, 'max-size': maxSize, priority } = usable
/** Those that can be changed while the job is open. */
export const changeableOptions = { window, overwrite, include, exclude, 'min-size': minSize, 'max-size': maxSize, priority } as const satisfies CommandOptions

export const jobOptions: CommandOptions = Object.fromEntries(
  Object.entries<Options>(usable).map(([name, option]) => [name, { ...option, group: 'Job options:' }]),
)
