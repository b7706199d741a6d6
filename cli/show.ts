/** A job in words: pure text of a JobView. */
import { slowedText, type JobView, type Tally } from '../model/status.ts'
import { formatRate } from '../model/rate.ts'
import { formatRow } from '../model/flow/timetable.ts'
import { formatSize } from '../model/size.ts'
import { formatDuration } from '../model/time.ts'

export const count = (value: number): string => value.toLocaleString('en-US')

/** Of who changed what; --json has more. */
const mostChanges = 5

export function showJob(view: JobView): string {
  const rows: readonly (readonly [string, Tally])[] = [
    [view.listed.complete ? 'listed' : 'listed so far', view.listed],
    ['completed', view.completed],
    ['skipped', view.skipped],
    ['failed', view.failed],
    ...(view.excluded.files > 0 ? [['excluded', view.excluded] as const] : []),
  ]
  const width = Math.max(...rows.map(([, { files }]) => count(files).length))
  return [
    `${view.job}: ${view.status}${isMoving(view) ? `, ${view.phase}` : ''}`,
    `  ${view.source} → ${view.destination}, run ${view.run}${view.runs !== null && view.runs > view.run ? ` of ${view.runs}` : ''}`,
    ...(view.nextRunAt === null ? [] : [`  next run: ${view.nextRunAt}`]),
    ...(view.reason ? [`  ${view.reason.code}: ${view.reason.message}`] : []),
    ...(view.status === 'Create Failed' ? [] : rows).map(
      ([name, { files, bytes }]) => `  ${name.padEnd(14)}${count(files).padStart(width)} files  ${formatSize(bytes)}`,
    ),
    ...view.failures.map(({ code, files }) => `  ${count(files)} × ${code}`),
    ...(view.flow.version > 0 && view.endedAt === null ? [`  ${showFlow(view.flow)}`] : []),
    ...remarks(view),
    ...view.changes.slice(-mostChanges).map(({ at, by, what }) => `  ${at}, ${by}: ${what}`),
    ...timesOf(view),
    ...(view.report ? [`  report: ${view.report.folder} at ${view.destination}: ${view.report.lists.join(', ')}`] : []),
    ...advice(view),
  ].join('\n')
}

export function showFlow({ version, limitBytesPerSecond, timeZone, nextChangeAt, rows, maxBytesPerSecond }: JobView['flow']): string {
  const now = limitBytesPerSecond === null ? 'no limit now' : limitBytesPerSecond === 0 ? 'held now' : `${formatRate(limitBytesPerSecond)} now`
  const rest = maxBytesPerSecond === null ? [] : [`${rows.length > 0 ? 'else ' : ''}${formatRate(maxBytesPerSecond)}`]
  const table = [...rows.map(formatRow), ...rest]
  return [
    `flow control ${version}: ${now}`,
    ...(nextChangeAt === null ? [] : [`changes at ${nextChangeAt}`]),
    ...(table.length === 0 ? [] : [`${table.join(', ')} (${timeZone})`]),
  ].join('; ')
}

function remarks({ restoring, withoutCrc64, slowedBy }: JobView): string[] {
  const slowed = slowedText(slowedBy)
  return [
    ...(slowed === undefined ? [] : [`  ${slowed}, which answers that it is asked too much`]),
    ...(restoring > 0 ? [`  ${count(restoring)} archived files are being restored`] : []),
    ...(withoutCrc64 > 0 ? [`  ${count(withoutCrc64)} files were copied within the store, which states no CRC-64`] : []),
  ]
}

const isMoving = ({ status }: JobView): boolean => status === 'Migrating'

function timesOf({ startedAt, endedAt, flow, secondsLeft }: JobView): string[] {
  if (endedAt !== null) {
    return [`  started ${startedAt}, took ${formatDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)}`]
  }
  const speed = flow.bytesPerSecond > 0 ? `, ${formatSize(flow.bytesPerSecond)}/s` : ''
  return [`  started ${startedAt}${speed}${secondsLeft === null ? '' : `, ${formatDuration(secondsLeft)} left`}`]
}

function advice({ job, status, failed, reason }: JobView): string[] {
  if (status === 'Stopped') return [`  "tranship start ${job}" goes on with it.`]
  if (failed.files === 0 || reason?.code === 'Terminated') return []
  return [`  "tranship errors ${job}" shows the failed files, "tranship retry ${job}" tries them again.`]
}

export function showList(views: readonly JobView[]): string {
  if (views.length === 0) return 'Temporal holds no jobs.'
  const rows = views.map((view) => [
    view.job,
    view.status,
    `run ${view.run}`,
    `${count(view.completed.files)} copied`,
    view.failed.files > 0 ? `${count(view.failed.files)} failed` : '',
    view.startedAt,
  ])
  return showTable([['JOB', 'STATUS', 'RUN', 'FILES', '', 'STARTED'], ...rows])
}

export function showTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
