import { parse } from 'csv-parse'
import { finished } from 'node:stream/promises'
import type { JobView } from '../../model/status.ts'
import { requiredText, textOf, type Args, type Command } from '../command.ts'
import { openListReader, type ListReader } from '../list-reader.ts'
import { checkJobName, invalid } from '../options.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import { count, showTable } from '../show.ts'
import { checkCode } from './retry.ts'
import { listsOf } from './report.ts'

const defaultLimit = 100

/** A row of `_error_list`. */
interface FailedFile {
  readonly file_name: string
  readonly started_at: string
  readonly ended_at: string
  readonly code: string
  readonly description: string
}

interface Wanted {
  readonly code: string | undefined
  readonly limit: number
}

export const errorsCommand: Command = {
  name: 'errors',
  summary: 'Show failed files with the vendor\'s words, from the last report',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: {
    code: { type: 'string', describe: 'Only files that failed with this code' },
    limit: { type: 'string', describe: 'At most so many files', default: String(defaultLimit) },
  },
  examples: [['tranship errors photos-to-archive --code Forbidden --limit 10', '']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const wanted = wantedOf(args)
    return await withSession(args, shell, async (session) => {
      const view = await session.jobs.status(job)
      const names = listsOf(view).filter((name) => /_error_list(_\d+)?$/.test(name))
      const reader = await openListReader(view, session, args, shell)
      try {
        const errors = await readErrors(reader, names, wanted)
        printResult(shell, { errors }, () => show(view, errors))
        return 0
      } finally {
        await reader.close()
      }
    })
  },
}

function wantedOf(args: Args): Wanted {
  const text = textOf(args, 'limit') ?? String(defaultLimit)
  if (!/^[1-9]\d*$/.test(text)) throw invalid(`--limit: "${text}" must be a whole number above 0.`)
  return { code: checkCode(textOf(args, 'code'), '--code'), limit: Number(text) }
}

async function readErrors(reader: ListReader, names: readonly string[], { code, limit }: Wanted): Promise<FailedFile[]> {
  const found: FailedFile[] = []
  for (const name of names) {
    const enough = new AbortController()
    const parser = parse({ columns: true, bom: true })
    parser.on('data', (row: FailedFile) => {
      if ((code === undefined || row.code === code) && found.length < limit) found.push(row)
      if (found.length >= limit) enough.abort()
    })
    const parsed = finished(parser)
    await reader.read(name, (bytes) => void parser.write(Buffer.from(bytes)), enough.signal)
    if (enough.signal.aborted) {
      parser.destroy()
      await parsed.catch(() => undefined)
      return found
    }
    parser.end()
    await parsed
  }
  return found
}

function show(view: JobView, errors: readonly FailedFile[]): string {
  if (errors.length === 0) return `No failed file is in the last report of "${view.job}".`
  const table = showTable([['FILE', 'CODE', 'DESCRIPTION'], ...errors.map(({ file_name, code, description }) => [file_name, code, description])])
  const more = view.failed.files - errors.length
  return more > 0 ? `${table}\n${count(more)} more are not shown: see --limit and --code, or "tranship report ${view.job} --out DIR".` : table
}
