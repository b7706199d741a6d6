import { parse } from 'csv-parse'
import { finished } from 'node:stream/promises'
import { isOver } from '../../client/ended.ts'
import type { JobView } from '../../model/status.ts'
import { requiredText, textOf, type Args, type Command } from '../command.ts'
import { openListReader } from '../list-reader.ts'
import { checkJobName, invalid } from '../options.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import { count, showTable } from '../show.ts'
import { readRunning, type Surroundings } from '../running-report.ts'
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
  summary: "Show failed files with the vendor's words, from the report, or of what is finished so far",
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
      const errors = await (isOver(view)
        ? failedIn(view, wanted, { session, args, shell })
        : failedSoFar(job, wanted, { session, args, shell }))
      printResult(shell, { errors }, () => show(view, errors))
      return 0
    })
  },
}

function wantedOf(args: Args): Wanted {
  const text = textOf(args, 'limit') ?? String(defaultLimit)
  if (!/^[1-9]\d*$/.test(text)) throw invalid(`--limit: "${text}" must be a whole number above 0.`)
  return { code: checkCode(textOf(args, 'code'), '--code'), limit: Number(text) }
}

async function failedIn(view: JobView, wanted: Wanted, { session, args, shell }: Surroundings): Promise<readonly FailedFile[]> {
  const names = listsOf(view).filter((name) => /_error_list(_\d+)?$/.test(name))
  const reader = await openListReader(view, session, args, shell)
  try {
    let found: readonly FailedFile[] = []
    for (const name of names) {
      const rows = collect({ ...wanted, limit: wanted.limit - found.length })
      await reader.read(name, rows.add, rows.enough)
      found = [...found, ...(await rows.end())]
      if (found.length >= wanted.limit) break
    }
    return found
  } finally {
    await reader.close()
  }
}

async function failedSoFar(job: string, wanted: Wanted, surroundings: Surroundings): Promise<readonly FailedFile[]> {
  const rows = collect(wanted)
  await readRunning(await surroundings.session.jobs.running(job), surroundings, async ({ list, bytes }) => {
    if (list === 'error_list') rows.add(bytes)
  })
  return await rows.end()
}

/** Takes the bytes of one list, keeps the rows that are wanted. */
function collect({ code, limit }: Wanted) {
  const found: FailedFile[] = []
  const enough = new AbortController()
  const parser = parse({ columns: true, bom: true })
  parser.on('data', (row: FailedFile) => {
    if ((code === undefined || row.code === code) && found.length < limit) found.push(row)
    if (found.length >= limit) enough.abort()
  })
  const parsed = finished(parser)
  parsed.catch(() => undefined)
  return {
    enough: enough.signal,
    add: (bytes: Uint8Array): void => {
      if (!enough.signal.aborted) parser.write(Buffer.from(bytes))
    },
    end: async (): Promise<readonly FailedFile[]> => {
      if (enough.signal.aborted) {
        parser.destroy()
        return found
      }
      parser.end()
      await parsed
      return found
    },
  }
}

function show(view: JobView, errors: readonly FailedFile[]): string {
  if (errors.length === 0) return `No failed file is in the report of "${view.job}".`
  const table = showTable([
    ['FILE', 'CODE', 'DESCRIPTION'],
    ...errors.map(({ file_name, code, description }) => [file_name, code, description]),
  ])
  const more = view.failed.files - errors.length
  return more > 0
    ? `${table}\n${count(more)} more are not shown: see --limit and --code, or "tranship report ${view.job} --out DIR".`
    : table
}
