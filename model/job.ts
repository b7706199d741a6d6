/** A job as its creator describes it: plain JSON, the workflow's input. Names of addresses, never their fields or secrets. */

export const jobTypes = ['full', 'incremental', 'sync'] as const
export type JobType = (typeof jobTypes)[number]
export const periods = ['hour', 'day', 'week'] as const
export type Period = (typeof periods)[number]

export const overwriteRules = ['when-different', 'never', 'always', 'if-newer'] as const
export type OverwriteRule = (typeof overwriteRules)[number]

export const metadataPolicies = ['fail', 'drop'] as const
export type MetadataPolicy = (typeof metadataPolicies)[number]

/** Batches in flight. */
export const maxWindow = 200
/** 1 goes first. */
export const maxPriority = 5
export const defaultPriority = 3

export interface JobOptions {
  readonly job: string
  /** AddressRef texts, see model/address.ts. */
  readonly source: string
  readonly destination: string
  readonly type: JobType
  /** Incremental: runs in all, and the time from the end of one to the next. */
  readonly times?: number
  readonly intervalMs?: number
  /** Sync: how often, and counted from which moment (ms since 1970). */
  readonly every?: Period
  readonly atMs?: number
  /** Only files modified at or after this moment, ms since 1970. */
  readonly sinceMs?: number
  readonly overwrite: OverwriteRule
  readonly compareContentType: boolean
  /** Globs on the key below the prefix; `exclude` wins; no `include` means everything. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly minSize?: number
  readonly maxSize?: number
  readonly keepMtime: boolean
  readonly followSymlinks: boolean
  readonly emptyDirectories: boolean
  readonly metadataPolicy: MetadataPolicy
  /** Tags of objects are copied, and their rights, where both ends have them. */
  readonly tags?: boolean
  readonly acl?: boolean
  /** The store copies itself where both ends are one to it. Absent: where it then states a CRC-64/XZ. */
  readonly serverCopy?: boolean
  /** `{A: B}`: objects of class A at the source are stored as class B. */
  readonly storageClassMap: Readonly<Record<string, string>>
  /** Archived objects are restored for so many days and copied when they can be read. Absent: they fail as Archived. */
  readonly restoreDays?: number
  /** The first wait for restored copies; each further one is twice as long, up to an hour. */
  readonly restoreWaitMs?: number
  /** Objects larger than this are copied by several workers at a time. Absent: 5 GiB. */
  readonly largeBytes?: number
  readonly listExcluded: boolean
  /** The job ends early when more files than this have failed: a number, or percent of the files seen. */
  readonly maxFailed?: { readonly files: number } | { readonly percent: number }
  /** Copied files are read again at the destination before they count as completed: one in a hundred, or all. Absent: none. */
  readonly verify?: 'sample' | 'all'
  /** AddressRef text of where the ledger lies; default: the destination. */
  readonly ledger?: string
  /** Batches in flight, 1 to 200. Absent: chosen by the job. */
  readonly window?: number
  /** 1 (first) to 5. Absent: 3. */
  readonly priority?: number
  /** Rows of flow control as `06:00-12:00=5MB/s`, and the most outside them: what the job begins with. */
  readonly flow?: readonly string[]
  readonly maxFlow?: string
  readonly timeZone: string
  readonly expectFiles?: number
  readonly expectBytes?: number
  readonly tuning?: Tuning
}

/** For tests: what shows in minutes and thousands of files is to show in seconds and a dozen. */
export interface Tuning {
  /** Files in a batch, at most. */
  readonly batchFiles?: number
  /** A worker is taken for lost after this. */
  readonly heartbeatTimeoutMs?: number
}

export const jobDefaults = {
  type: 'full',
  overwrite: 'when-different',
  compareContentType: true,
  include: [],
  exclude: [],
  keepMtime: false,
  followSymlinks: false,
  emptyDirectories: false,
  metadataPolicy: 'fail',
  storageClassMap: {},
  listExcluded: false,
} as const satisfies Partial<JobOptions>

const jobNamePattern = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
export const isJobName = (name: string): boolean => jobNamePattern.test(name)

/** The name of a job that was given none: `<source>-to-<destination>`, fitted to what a job name may be. */
export function defaultJobName(source: string, destination: string): string {
  const name = `${source}-to-${destination}`.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return name.slice(0, 63).replace(/-+$/, '').padEnd(3, '0')
}

/** How Temporal orders what waits for a worker: by priority, and within one by turns between the jobs, however much each has waiting. */
export const priorityOf = ({ job, priority = defaultPriority }: Pick<JobOptions, 'job' | 'priority'>): { readonly priorityKey: number; readonly fairnessKey: string } =>
  ({ priorityKey: priority, fairnessKey: job })

export const workflowIdOf = (job: string): string => `migration/${job}`
export const flowWorkflowIdOf = (job: string): string => `flow/${job}`
export const workflowTaskQueue = 'tranship'
export const copyTaskQueue = 'tranship-copy'
