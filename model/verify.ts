/**
 * Re-reading what a job copied. A verification goes over the completed lists of all runs in lanes side by side, each in turns of a
 * minute: what travels through Temporal are numbers, never names of files.
 */
import { mostDiffering } from './confidence.ts'
import { formatSize } from './size.ts'
import { ledgerFolder } from './report-row.ts'

export const verifyModes = ['none', 'sample', 'all'] as const
export type VerifyMode = (typeof verifyModes)[number]

export const defaultSampleFiles = 3_000

export interface VerifyTask {
  readonly job: string
  /** AddressRef text of where its reports stand. */
  readonly destination: string
  /** So many files, chosen at random. Absent: all. */
  readonly sampleFiles?: number
}

export interface VerifyPlan {
  /** The newest run whose report stands; lists of later ones are left alone. */
  readonly run: number
  /** Rows of the completed lists up to that run. */
  readonly files: number
}

/** A row of a completed list, by where it lies: `row` counts from the page that begins at `offset`. */
export interface VerifyPosition {
  readonly run: number
  readonly volume: number
  readonly offset: number
  readonly row: number
  /** What is read of that row's file, which is too large for one turn. */
  readonly begun?: { readonly bytes: number; readonly crc64: string; readonly etag?: string }
}

export interface VerifyTurnInput {
  readonly task: VerifyTask
  readonly plan: VerifyPlan
  readonly lane: number
  readonly lanes: number
  readonly turn: number
  /** Decides which files are chosen. */
  readonly seed: number
  /** Absent: from the beginning. */
  readonly from?: VerifyPosition
}
export interface VerifyTurn {
  /** Null: the lane is at its end. */
  readonly next: VerifyPosition | null
  readonly counts: VerifyCounts
}

export const differences = ['missing', 'size', 'checksum', 'unreadable'] as const
export type Difference = (typeof differences)[number]

export interface VerifyCounts extends Readonly<Record<Difference, number>> {
  readonly checked: number
  readonly bytes: number
  readonly equal: number
  /** Of the equal ones: only their size could be compared, for want of a checksum or because they are archived. */
  readonly sizeOnly: number
  /** Rows that differ because a later run copied the file again: not among the checked. */
  readonly superseded: number
}
export const noVerifyCounts: VerifyCounts = { checked: 0, bytes: 0, equal: 0, sizeOnly: 0, superseded: 0, missing: 0, size: 0, checksum: 0, unreadable: 0 }

export function addVerifyCounts(a: VerifyCounts, b: VerifyCounts): VerifyCounts {
  const names = Object.keys(noVerifyCounts) as (keyof VerifyCounts)[]
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as Record<keyof VerifyCounts, number>
}

/** The workflow's memo under `verify`: readable without a worker. */
export interface VerifyProgress {
  readonly files: number
  /** About how many of them are to be read. */
  readonly wanted: number
  readonly counts: VerifyCounts
}

export interface Verified extends VerifyPlan {
  readonly task: VerifyTask
  readonly counts: VerifyCounts
  readonly startedAt: number
  readonly endedAt: number
}

export const verifyWorkflowIdOf = (job: string): string => `verify/${job}`
export const verifyColumns = ['file_name', 'size', 'crc64', 'found', 'description'] as const
/** Where turns leave what they found to differ, until it is one list. */
export const verifyFolderOf = (job: string): string => `${ledgerFolder}${job}.verify/`

const rowsOfLane = 1_000
const mostLanes = 8
export const lanesFor = (wanted: number): number => Math.max(1, Math.min(mostLanes, Math.ceil(wanted / rowsOfLane)))

export const wantedOf = ({ sampleFiles = Infinity }: VerifyTask, { files }: VerifyPlan): number => Math.min(sampleFiles, files)

export const differingOf = ({ missing, size, checksum }: VerifyCounts): number => missing + size + checksum

export const confidencePercent = 95

/** Fewer than so many percent of all files differ, with 95 % confidence. Null where nothing is to be guessed: all were read, or none. */
export function fewerThanPercent({ files, counts }: Pick<Verified, 'files' | 'counts'>): number | null {
  const read = counts.checked - counts.unreadable
  const population = files - counts.superseded
  if (read <= 0 || read >= population) return null
  const most = mostDiffering({ files: population, read, differing: differingOf(counts) }, confidencePercent / 100)
  return upwards((100 * (most + 1)) / population)
}

/** Two digits that count, never less than it is. */
function upwards(percent: number): number {
  const unit = 10 ** (Math.floor(Math.log10(percent)) - 1)
  return Math.min(100, Number((Math.ceil(percent / unit - 1e-9) * unit).toPrecision(2)))
}

const number = (value: number): string => value.toLocaleString('en-US')

/** What it comes to, in words. */
export function verifyStatement({ files, counts }: Pick<Verified, 'files' | 'counts'>): string {
  if (files === 0) return 'No file was copied: there is nothing to verify.'
  const { checked, bytes, sizeOnly, unreadable } = counts
  const differing = differingOf(counts)
  const bound = fewerThanPercent({ files, counts })
  const found = [
    ...(unreadable > 0 ? [`${number(unreadable)} could not be read`] : []),
    differing > 0 ? `${number(differing)} differ` : unreadable > 0 ? 'all others equal' : 'all equal',
  ].join(', ')
  const guess = bound === null ? '' : `: with ${confidencePercent} % confidence fewer than ${bound} % differ`
  const aside = sizeOnly === 0 ? '' : ` ${number(sizeOnly)} were not verifiable by hash: size only.`
  return `${number(checked)} of ${number(files)} files re-read (${formatSize(bytes)}), ${found}${guess}.${aside}`
}
