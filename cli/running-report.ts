/** `report` of a job that runs: its lists so far, from the ledger. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TranshipError } from '../client/errors.ts'
import type { Running } from '../client/running.ts'
import { parseAddressRef, type Role } from '../model/address.ts'
import { listFileName, type ListName } from '../model/report-row.ts'
import { isStorageError } from '../storage/error.ts'
import type { Storage } from '../storage/storage.ts'
import { openHere } from '../worker/open-here.ts'
import { runningLists, runningReport, type ReportChunk } from '../worker/running-report.ts'
import { addressBook, toRefused } from './addresses.ts'
import { textOf, type Args } from './command.ts'
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

/** Gives every list's bytes, as `runningReport` does. */
export async function readRunning(
  running: Running,
  { session, args, shell }: Surroundings,
  onChunk: (chunk: ReportChunk) => Promise<void>,
): Promise<void> {
  const { options, parts } = running
  const ledgerRef = options.ledger ?? options.destination
  const elsewhere = [options.source, ledgerRef].some((ref) => parseAddressRef(ref).kind === 'path' && !session.local)
  if (elsewhere)
    throw new TranshipError(
      'InvalidParameters',
      'The run goes on, and its lists so far lie on the machines of the workers: run this there, or wait until it has ended.',
    )
  const opened: Storage[] = []
  const open = async (ref: string, role: Role): Promise<Storage> => {
    const storage = await openHere(addressBook(textOf(args, 'config'), shell), ref, role)
    opened.push(storage)
    return storage
  }
  try {
    const [source, ledger] = [await open(options.source, 'source'), await open(ledgerRef, 'destination')]
    for await (const chunk of runningReport({ source, ledger, options, parts, signal: shell.interrupted })) await onChunk(chunk)
  } catch (error) {
    if (isStorageError(error, 'not-found'))
      throw new TranshipError('CouldNotCreateNewReport', 'The run ended just now: run the command again for its report.')
    throw toRefused(error)
  } finally {
    await Promise.all(opened.map((storage) => storage.close()))
  }
}

const openOne = (folder: string, name: string): ListFile => openListFile(name, join(folder, `${name}.csv`))

function fileOf(files: ReadonlyMap<ListName, ListFile>, list: ListName): ListFile {
  const file = files.get(list)
  if (!file) throw new RangeError(`The run has no ${list}.`)
  return file
}
