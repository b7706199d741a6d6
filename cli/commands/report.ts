import { mkdir } from 'node:fs/promises'
import { resolve, join } from 'node:path'
import { TranshipError } from '../../client/errors.ts'
import { isOver } from '../../client/ended.ts'
import { reportFolder } from '../../model/report-row.ts'
import { formatSize } from '../../model/size.ts'
import type { JobView } from '../../model/status.ts'
import { requiredText, textOf, type Command } from '../command.ts'
import { openListFile, type BroughtList } from '../list-file.ts'
import { maxThroughWorker, openListReader, type ListReader } from '../list-reader.ts'
import { bringRunning, type Surroundings } from '../running-report.ts'
import { checkJobName, invalid } from '../options.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import { count, showTable } from '../show.ts'

export const reportCommand: Command = {
  name: 'report',
  summary: "Bring the lists of a job's report to a folder, as CSV files; while it runs, of what is finished so far",
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { out: { type: 'string', describe: 'Folder to write to' } },
  examples: [['tranship report photos-to-archive --out report', '']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const out = textOf(args, 'out')
    if (out === undefined) throw invalid('--out is missing: name the folder that the lists go to.')
    return await withSession(args, shell, async (session) => {
      const view = await session.jobs.status(job)
      const folder = resolve(shell.folder, out)
      const lists = isOver(view)
        ? await bringEnded(view, folder, { session, args, shell })
        : await bringRunning(job, folder, { session, args, shell })
      printResult(shell, { folder: reportFolder, lists }, () =>
        showTable([
          ['LIST', 'ROWS', 'SIZE', 'FILE'],
          ...lists.map((list) => [list.name, count(list.rows), formatSize(list.bytes), list.file]),
        ]),
      )
      return 0
    })
  },
}

export function listsOf({ job, report, status }: JobView): readonly string[] {
  if (report) return report.lists
  const why = status === 'Create Failed' ? 'it could not be made' : 'its first run has not ended'
  throw new TranshipError('InvalidJobStatusForCurrentOperation', `There is no report of "${job}" yet: ${why}.`)
}

async function bringEnded(view: JobView, folder: string, { session, args, shell }: Surroundings): Promise<BroughtList[]> {
  const reader = await openListReader(view, session, args, shell)
  try {
    return await bring(reader, listsOf(view), folder, view)
  } finally {
    await reader.close()
  }
}

async function bring(
  reader: ListReader,
  names: readonly string[],
  folder: string,
  { destination }: JobView,
): Promise<BroughtList[]> {
  if (reader.throughWorker) await refuseLarge(reader, names, destination)
  await mkdir(folder, { recursive: true })
  const lists: BroughtList[] = []
  for (const name of names) lists.push(await bringOne(reader, name, join(folder, `${name}.csv`)))
  return lists
}

async function bringOne(reader: ListReader, name: string, file: string): Promise<BroughtList> {
  const list = openListFile(name, file)
  await reader.read(name, (chunk) => list.write(chunk))
  return await list.end()
}

async function refuseLarge(reader: ListReader, names: readonly string[], destination: string): Promise<void> {
  let total = 0
  for (const name of names) total += await reader.size(name)
  if (total <= maxThroughWorker) return
  throw new TranshipError(
    'InvalidParameters',
    `The lists are ${formatSize(total)}, too large to come through a worker: they lie at ${destination} in ${reportFolder}.`,
    'Run this where tranship.yaml is at hand, or fetch them from there.',
  )
}
