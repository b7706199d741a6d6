/** `--dry-run`: what a job would do, listed and decided here; nothing is written at either end, Temporal is not needed. */
import type { JobOptions } from '../model/job.ts'
import { formatSize } from '../model/size.ts'
import { addTally, noTally, type Tally } from '../model/status.ts'
import type { Storage } from '../storage/storage.ts'
import { dryRun as run } from '../worker/dry-run.ts'
import { openHere } from '../worker/open-here.ts'
import type { ExitCode } from './command.ts'
import { createDryLists, type DryLists } from './dry-lists.ts'
import { addressBook, toRefused } from './addresses.ts'
import { printResult } from './output.ts'
import { count } from './show.ts'
import type { Shell } from './shell.ts'

export interface DryRunOptions {
  readonly config: string | undefined
  readonly out: string | undefined
}

interface DryRunAnswer {
  readonly job: string
  readonly dryRun: true
  readonly listed: Tally
  readonly copied: Tally
  readonly skipped: Tally
  readonly failed: Tally
  readonly excluded: Tally
  readonly requests: number
  readonly lists: readonly { readonly name: string; readonly rows: number; readonly bytes: number; readonly file: string }[]
}

export async function dryRun(options: JobOptions, { config, out }: DryRunOptions, shell: Shell): Promise<ExitCode> {
  shell.takeInterrupts()
  const book = addressBook(config, shell)
  const opened: Storage[] = []
  try {
    const source = await openHere(book, options.source, 'source', options.followSymlinks)
    opened.push(source)
    const destination = await openHere(book, options.destination, 'destination')
    opened.push(destination)
    const lists = out === undefined ? undefined : await createDryLists(options, out, source, shell.folder)
    const answer = await decide(options, { source, destination, lists, shell })
    printResult(shell, answer, () => show(answer))
    return answer.failed.files > 0 ? 1 : 0
  } catch (error) {
    if (shell.interrupted.aborted) return 130
    throw toRefused(error)
  } finally {
    await Promise.all(opened.map((storage) => storage.close()))
  }
}

interface Ends {
  readonly source: Storage
  readonly destination: Storage
  readonly lists: DryLists | undefined
  readonly shell: Shell
}

async function decide(options: JobOptions, { source, destination, lists, shell }: Ends): Promise<DryRunAnswer> {
  let [copied, skipped, failed] = [noTally, noTally, noTally]
  const { excluded, requests } = await run({
    source,
    destination,
    options,
    signal: shell.interrupted,
    onOutcome: async (outcome) => {
      const file = { files: 1, bytes: outcome.kind === 'copy' ? outcome.entry.size : outcome.size }
      if (outcome.kind === 'copy') copied = addTally(copied, file)
      if (outcome.kind === 'skipped') skipped = addTally(skipped, file)
      if (outcome.kind === 'failed') failed = addTally(failed, file)
      await lists?.add(outcome)
    },
  })
  const listed = [copied, skipped, failed].reduce(addTally)
  return {
    job: options.job,
    dryRun: true,
    listed,
    copied,
    skipped,
    failed,
    excluded,
    requests,
    lists: (await lists?.end()) ?? [],
  }
}

function show({ job, listed, copied, skipped, failed, excluded, requests, lists }: DryRunAnswer): string {
  const rows: readonly (readonly [string, Tally])[] = [
    ['listed', listed],
    ['to copy', copied],
    ['to skip', skipped],
    ['would fail', failed],
    ['excluded', excluded],
  ]
  const width = Math.max(...rows.map(([, { files }]) => count(files).length))
  return [
    `${job}: dry run, nothing was copied`,
    ...rows.map(
      ([name, { files, bytes }]) => `  ${name.padEnd(12)}${count(files).padStart(width)} files  ${formatSize(bytes)}`,
    ),
    `  requests to copy them: about ${count(requests)}`,
    ...lists.map(({ file, rows: listRows }) => `  ${file} (${count(listRows)} rows)`),
  ].join('\n')
}
