/** `report` of a job that runs: its lists so far, from the ledger. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TranshipError } from '../client/errors.ts'
import type { Running } from '../client/running.ts'
import type { RunningPosition, RunningSlices } from '../client/report.ts'
import { parseAddressRef } from '../model/address.ts'
import { listFileName, type ListName } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import { openHere } from '../worker/open-here.ts'
import { runningLists, type ReportChunk } from '../report/running-report.ts'
import { runningReportHere } from '../worker/running-report.ts'
import { addressBook, toRefused } from './addresses.ts'
import { textOf, type Args } from './command.ts'
import { maxThroughWorker } from './list-reader.ts'
import { say } from './output.ts'
import { formatSize } from '../model/size.ts'
import { openListFile, type BroughtList, type ListFile } from './list-file.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'

export interface Surroundings {
  readonly session: Session
  readonly args: Args
  readonly shell: Shell
}

export async function bringRunning(job: string, folder: string, surroundings: Surroundings): Promise<BroughtList[]> {
  const running = await surroundings.session.jobs.running(job)
  const { options, parts } = running
  await mkdir(folder, { recursive: true })
  const files = new Map(
    runningLists(options).map((list) => [list, openOne(folder, listFileName(job, parts.run, list))] as const),
  )
  await readRunning(running, surroundings, ({ list, bytes }) => fileOf(files, list).write(bytes))
  return await Promise.all([...files.values()].map((file) => file.end()))
}

/** Gives every list's bytes, mixed; those of one list in order: from here where the addresses are at hand, else through a worker. */
export async function readRunning(running: Running, surroundings: Surroundings, onChunk: OnChunk): Promise<void> {
  const here = await openHereOrNot(running, surroundings)
  if (here === undefined) return await readThroughWorker(running, surroundings, onChunk)
  try {
    for await (const chunk of runningReportHere({ ...here, ...running, signal: surroundings.shell.interrupted })) await onChunk(chunk)
  } catch (error) {
    throw isStorageError(error, 'not-found') ? endedJustNow() : toRefused(error)
  } finally {
    await Promise.all([here.source.close(), here.ledger.close()])
  }
}

type OnChunk = (chunk: ReportChunk) => Promise<void>

const endedJustNow = (): TranshipError =>
  new TranshipError('CouldNotCreateNewReport', 'The run ended just now: run the command again for its report.')

async function openHereOrNot({ options }: Running, { session, args, shell }: Surroundings) {
  const ledgerRef = options.ledger ?? options.destination
  if ([options.source, ledgerRef].some((ref) => parseAddressRef(ref).kind === 'path' && !session.local)) return undefined
  try {
    const book = addressBook(textOf(args, 'config'), shell)
    return { source: await openHere(book, options.source, 'source'), ledger: await openHere(book, ledgerRef, 'destination') }
  } catch (error) {
    const refused = toRefused(error)
    if (!(refused instanceof TranshipError)) throw error
    say(shell, `The addresses cannot be read from here, so a worker is asked. (${refused.message})`)
    return undefined
  }
}

/** The same bound as for a report that stands. */
async function readThroughWorker(running: Running, { session, shell }: Surroundings, onChunk: OnChunk): Promise<void> {
  let total = 0
  for (let at: RunningPosition | null = { step: 0, offset: 0 }; at !== null && !shell.interrupted.aborted;) {
    const { slices, next, gone }: RunningSlices = await session.jobs.readRunning(running, at)
    if (gone) throw endedJustNow()
    for (const { list, bytes } of slices) {
      const decoded = Buffer.from(bytes, 'base64')
      total += decoded.length
      if (total > maxThroughWorker) throw tooLarge(running.options.ledger ?? running.options.destination)
      await onChunk({ list, bytes: decoded })
    }
    at = next
  }
}

const tooLarge = (place: string): TranshipError =>
  new TranshipError(
    'InvalidParameters',
    `The lists so far are larger than what comes through a worker (${formatSize(maxThroughWorker)}): they lie at ${place}.`,
    'Run this where tranship.yaml is at hand, or wait until the run has ended.',
  )

const openOne = (folder: string, name: string): ListFile => openListFile(name, join(folder, `${name}.csv`))

function fileOf(files: ReadonlyMap<ListName, ListFile>, list: ListName): ListFile {
  const file = files.get(list)
  if (!file) throw new RangeError(`The run has no ${list}.`)
  return file
}
