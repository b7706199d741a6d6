/** The live summaries that the Temporal Web UI shows of a job and of its flow control: markdown. */
import { boundaryAt, isLimiting, type Boundary, type Flow, type FlowInForce } from './flow/flow.ts'
import { formatRate } from './rate.ts'
import { formatSize } from './size.ts'
import { slowedText, totalOf } from './status.ts'
import type { StatusMemo } from './status.ts'

const count = (value: number): string => value.toLocaleString('en-US')

function flowText(flow: Flow, timeZone: string): string {
  if (!isLimiting(flow)) return 'no limit'
  return `${[...flow.rows, ...(flow.maxFlow === undefined ? [] : [`else ${flow.maxFlow}`])].join(', ')} (${timeZone})`
}

const timeText = (ms: number): string => new Date(ms).toISOString()

function limitText({ limitBytesPerSecond: limit, nextChangeAt }: Boundary): string {
  const now = limit === null ? 'no limit' : limit === 0 ? '0, nothing flows' : formatRate(limit)
  return `${now}${nextChangeAt === null ? '' : ` until ${timeText(nextChangeAt)}`}`
}

/** Two workers may know a zone differently, so this is fit to be shown and not to be decided by. A summary never fails for what it cannot read. */
function inForce({ flow, status, timeZone }: StatusMemo, nowMs: number): string[] {
  if (status !== 'Migrating' || !isLimiting(flow)) return []
  try {
    return [`- Limit in force: ${limitText(boundaryAt(flow, timeZone, nowMs))}`]
  } catch {
    return []
  }
}

function runText({ run, runs }: StatusMemo): string {
  return runs === null ? `run ${run}, again and again until it is stopped` : `run ${run} of ${runs}`
}

/** `nowMs`: when the memo was made. */
export function toDetails(memo: StatusMemo, notes: readonly string[], nowMs: number): string {
  const { counts, listed, excluded } = memo
  const row = (name: string, tally: { files: number; bytes: number }): string => `| ${name} | ${count(tally.files)} | ${formatSize(tally.bytes)} |`
  return [
    `## ${memo.status} · ${memo.phase}`,
    `**${memo.source} → ${memo.destination}**, ${runText(memo)}`,
    ...(memo.nextRunAt === undefined ? [] : [`Next run: ${timeText(memo.nextRunAt)}`]),
    ...(memo.reason === null ? [] : [`**${memo.reason.code}**: ${memo.reason.message}`]),
    '',
    '| | files | bytes |',
    '|---|---:|---:|',
    row(listed.complete ? 'listed' : 'listed so far', listed),
    row('completed', counts.completed),
    row('skipped', counts.skipped),
    row('failed', counts.failed),
    ...(excluded.files === 0 ? [] : [row('excluded', excluded)]),
    '',
    ...(listed.complete && listed.files > 0 ? [`${Math.floor((100 * totalOf(counts).files) / listed.files)} % of the files are accounted for.`] : []),
    ...(memo.flow ? [`- Flow control ${memo.flow.version}: ${flowText(memo.flow, memo.timeZone)}`] : []),
    ...inForce(memo, nowMs),
    ...[slowedText(memo.slowedBy)].flatMap((text) => (text === undefined ? [] : [`- ${text}, which answered that it was asked too much`])),
    ...(memo.restoring ? [`- ${count(memo.restoring)} archived files are being restored.`] : []),
    ...Object.entries(memo.failures).map(([code, files]) => `- ${count(files)} × ${code}`),
    ...(memo.lists.length === 0 ? [] : ['', `Report: ${memo.lists.join(', ')}`]),
    ...(memo.changes ? ['', '### Changes', ...memo.changes.map(({ at, by, what }) => `- ${timeText(at)} ${by}: ${what}`)] : []),
    ...(notes.length === 0 ? [] : ['', '### Notes', ...notes.map((note) => `- ${note}`)]),
    '',
    'Signals: `stop {}` · `start {}` · `retry {}` · `resetFlowControl {"rows": ["06:00-12:00=5MB/s"]}` · `change {"window": 40}`',
  ].join('\n')
}

/** `hosts`: how many worker hosts share the limit. */
export function toFlowDetails(job: string, flow: FlowInForce, hosts: number): string {
  return [
    `## ${limitText(flow)}`,
    `Flow control ${flow.version} of **${job}**: ${flowText(flow, flow.timeZone)}`,
    '',
    hosts === 1 ? 'One worker host has it alone.' : `${hosts} worker hosts share it.`,
    '',
    `It is changed at \`migration/${job}\`: \`resetFlowControl {"rows": ["06:00-12:00=5MB/s"]}\`. It ends by itself while nothing is copied.`,
  ].join('\n')
}
