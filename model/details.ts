/** The live summary that the Temporal Web UI shows of a job: markdown. */
import { isLimiting, type Flow } from './flow/flow.ts'
import { formatSize } from './size.ts'
import { slowedText, totalOf } from './status.ts'
import type { StatusMemo } from './status.ts'

const count = (value: number): string => value.toLocaleString('en-US')

function flowText(flow: Flow, timeZone: string): string {
  if (!isLimiting(flow)) return 'no limit'
  return `${[...flow.rows, ...(flow.maxFlow === undefined ? [] : [`else ${flow.maxFlow}`])].join(', ')} (${timeZone})`
}

export function toDetails(memo: StatusMemo, notes: readonly string[]): string {
  const { counts, listed, excluded } = memo
  const row = (name: string, tally: { files: number; bytes: number }): string => `| ${name} | ${count(tally.files)} | ${formatSize(tally.bytes)} |`
  return [
    `## ${memo.status} · ${memo.phase}`,
    `**${memo.source} → ${memo.destination}**, run ${memo.run}${memo.runs !== null && memo.runs > memo.run ? ` of ${memo.runs}` : ''}`,
    ...(memo.nextRunAt === undefined ? [] : [`Next run: ${new Date(memo.nextRunAt).toISOString()}`]),
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
    ...[slowedText(memo.slowedBy)].flatMap((text) => (text === undefined ? [] : [`- ${text}, which answered that it was asked too much`])),
    ...(memo.restoring ? [`- ${count(memo.restoring)} archived files are being restored.`] : []),
    ...Object.entries(memo.failures).map(([code, files]) => `- ${count(files)} × ${code}`),
    ...(memo.lists.length === 0 ? [] : ['', `Report: ${memo.lists.join(', ')}`]),
    ...(notes.length === 0 ? [] : ['', '### Notes', ...notes.map((note) => `- ${note}`)]),
    '',
    'Signals: `stop {}` · `start {}` · `retry {}` · `resetFlowControl {"rows": ["06:00-12:00=5MB/s"]}`',
  ].join('\n')
}
