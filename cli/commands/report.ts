import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { resolve, join } from 'node:path'
import { TranshipError } from '../../client/errors.ts'
import { reportFolder } from '../../model/report-row.ts'
import { formatSize } from '../../model/size.ts'
import type { JobView } from '../../model/status.ts'
import { requiredText, textOf, type Command } from '../command.ts'
import { createRowCounter } from '../csv-rows.ts'
import { openListReader, type ListReader } from '../list-reader.ts'
import { checkJobName, invalid } from '../options.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import { count, showTable } from '../show.ts'

const maxThroughWorker = 64 * 1024 ** 2

interface BroughtList {
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly file: string
}

export const reportCommand: Command = {
  name: 'report',
  summary: 'Bring the lists of a job\'s last report to a folder, as CSV files',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { out: { type: 'string', describe: 'Folder to write to' } },
  examples: [['tranship report photos-to-archive --out report', '']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const out = textOf(args, 'out')
    if (out === undefined) throw invalid('--out is missing: name the folder that the lists go to.')
    return await withSession(args, shell, async (session) => {
      const view = await session.jobs.status(job)
      const reader = await openListReader(view, session, args, shell)
      try {
        const lists = await bring(reader, listsOf(view), resolve(shell.folder, out), view)
        printResult(shell, { folder: reportFolder, lists }, () => showTable([['LIST', 'ROWS', 'SIZE', 'FILE'], ...lists.map((list) => [list.name, count(list.rows), formatSize(list.bytes), list.file])]))
        return 0
      } finally {
        await reader.close()
      }
    })
  },
}

export function listsOf({ job, report, status }: JobView): readonly string[] {
  if (report) return report.lists
  const why = status === 'Create Failed' ? 'it could not be made' : 'its first run has not ended'
  throw new TranshipError('InvalidJobStatusForCurrentOperation', `There is no report of "${job}" yet: ${why}.`)
}

async function bring(reader: ListReader, names: readonly string[], folder: string, { destination }: JobView): Promise<BroughtList[]> {
  if (reader.throughWorker) await refuseLarge(reader, names, destination)
  await mkdir(folder, { recursive: true })
  const lists: BroughtList[] = []
  for (const name of names) lists.push(await bringOne(reader, name, join(folder, `${name}.csv`)))
  return lists
}

async function bringOne(reader: ListReader, name: string, file: string): Promise<BroughtList> {
  const stream = createWriteStream(file)
  const rows = createRowCounter()
  let bytes = 0
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error))
  const written = reader.read(name, (chunk) => {
    rows.add(chunk)
    bytes += chunk.length
    return write(stream, Uint8Array.from(chunk))
  })
  await Promise.race([written.then(() => new Promise<void>((done) => stream.end(done))), failed])
  return { name, rows: rows.rows(), bytes, file }
}

const write = (stream: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> | void => {
  if (!stream.write(bytes)) return once(stream, 'drain').then(() => undefined)
}

async function refuseLarge(reader: ListReader, names: readonly string[], destination: string): Promise<void> {
  let total = 0
  for (const name of names) total += await reader.size(name)
  if (total <= maxThroughWorker) return
  throw new TranshipError('InvalidParameters', `The lists are ${formatSize(total)}, too large to come through a worker: they lie at ${destination} in ${reportFolder}.`, 'Run this where tranship.yaml is at hand, or fetch them from there.')
}
