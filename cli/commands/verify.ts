import { parse } from 'csv-parse'
import type { VerifyView } from '../../client/verify.ts'
import { defaultSampleFiles, type VerifyProgress } from '../../model/verify.ts'
import { didYouMean } from '../../model/suggest.ts'
import { requiredText, textOf, type Args, type Command } from '../command.ts'
import { openListReader } from '../list-reader.ts'
import { checkJobName, invalid } from '../options.ts'
import { printResult, say } from '../output.ts'
import { toRefText } from '../paths.ts'
import { withSession } from '../session.ts'
import { count, showTable } from '../show.ts'
import type { Surroundings } from '../running-report.ts'
import type { Shell } from '../shell.ts'

const mostExamples = 20
const sayEveryMs = 30_000

/** A row of `_verify_list`. */
interface Example {
  readonly file_name: string
  readonly size: string
  readonly crc64: string
  readonly found: string
  readonly description: string
}

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Read what a job copied again, at the destination, and compare it with the completed lists; needs no source',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: {
    verify: { type: 'string', describe: 'all | sample', default: 'all' },
    files: { type: 'string', describe: `Files of a sample, default ${defaultSampleFiles}: fewer than 300 / FILES percent differ, with 95 % confidence` },
    to: { type: 'string', describe: 'Where its report stands, for a job that Temporal has forgotten' },
  },
  examples: [
    ['tranship verify photos-to-archive', 'every file; exit code 1 when one differs'],
    ['tranship verify photos-to-archive --verify sample --files 30000', 'a random sample, and what it says of all'],
    ['tranship verify photos-to-archive --to archive', 'months later'],
  ],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const to = textOf(args, 'to')
    const sampleFiles = sampleOf(args)
    return await withSession(args, shell, async (session) => {
      const view = await session.jobs.verify(job, {
        onProgress: progressOn(shell),
        ...(to !== undefined && { to: toRefText(to, shell.folder, 'destination') }),
        ...(sampleFiles !== undefined && { sampleFiles }),
      })
      const isWell = view.differing.files + view.unreadable === 0
      const examples = isWell ? [] : await readExamples(view, { session, args, shell })
      printResult(shell, { ...view, examples }, () => show(view, examples))
      return isWell ? 0 : 1
    })
  },
}

function sampleOf(args: Args): number | undefined {
  const mode = textOf(args, 'verify') ?? 'all'
  const files = textOf(args, 'files')
  if (mode !== 'all' && mode !== 'sample') throw invalid(`--verify: "${mode}" must be all or sample.${didYouMean(mode, ['all', 'sample'])}`)
  if (files !== undefined && !/^[1-9]\d{0,14}$/.test(files)) throw invalid(`--files: "${files}" must be a whole number above 0.`)
  if (mode === 'all' && files !== undefined) throw invalid('--files goes with --verify sample: add it.')
  return mode === 'all' ? undefined : Number(files ?? defaultSampleFiles)
}

function progressOn(shell: Shell): (progress: VerifyProgress) => void {
  let saidAt = Date.now()
  return ({ wanted, counts }) => {
    if (Date.now() - saidAt < sayEveryMs) return
    saidAt = Date.now()
    say(shell, `${count(counts.checked)} of about ${count(wanted)} files re-read, ${count(counts.checked - counts.equal)} not equal so far.`)
  }
}

async function readExamples(view: VerifyView, { session, args, shell }: Surroundings): Promise<Example[]> {
  const reader = await openListReader(view, session, args, shell)
  const examples: Example[] = []
  const enough = new AbortController()
  const parser = parse({ columns: true })
  parser.on('data', (row: Example) => {
    if (examples.length < mostExamples) examples.push(row)
    else enough.abort()
  })
  try {
    await reader.read(view.list.name, (bytes) => void parser.write(Buffer.from(bytes)), enough.signal)
  } finally {
    await reader.close()
    await new Promise((resolve) => parser.end(resolve))
  }
  return examples
}

function show({ job, statement, superseded, differing, unreadable, list, destination }: VerifyView, examples: readonly Example[]): string {
  const bad = differing.files + unreadable
  const aside = superseded === 0 ? [] : [`${count(superseded)} were copied again by a later run and count there.`]
  if (bad === 0) return [`${job}: ${statement}`, ...aside].join('\n')
  return [
    `${job}: ${statement}`,
    ...aside,
    showTable([['FILE', 'FOUND', 'DESCRIPTION'], ...examples.map(({ file_name, found, description }) => [file_name, found, description])]),
    ...(bad > examples.length ? [`${count(bad - examples.length)} more are not shown.`] : []),
    `All of them stand in ${list.folder}${list.name} at ${destination}; run the job again with --overwrite always to copy files anew.`,
  ].join('\n')
}
