/** Reads report lists: straight from the destination where its address is at hand, else through a worker. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Jobs } from '../client/jobs.ts'
import { TranshipError } from '../client/errors.ts'
import { parseAddressRef } from '../model/address.ts'
import { listNames, reportFolder, type ReportFile } from '../model/report-row.ts'
import type { JobView } from '../model/status.ts'
import { isStorageError } from '../storage/error.ts'
import type { Storage } from '../storage/storage.ts'
import { openHere, orFault } from '../worker/open-here.ts'
import { addressBook, toRefused } from './addresses.ts'
import { textOf, type Args } from './command.ts'
import { say } from './output.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'

/** What may travel through a worker and Temporal. */
export const maxThroughWorker = 64 * 1024 ** 2
const chunkBytes = 4 * 1024 ** 2
const maxTries = 4

export interface ListReader {
  size(name: string): Promise<number>
  /** Gives the list's bytes in order; a chunk is valid until `onChunk` settles. Ends early when `signal` fires. */
  read(name: string, onChunk: (bytes: Uint8Array) => void | Promise<void>, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
  /** Its bytes travel through a worker and Temporal. */
  readonly throughWorker: boolean
}

export async function openListReader(view: Pick<JobView, 'destination'>, session: Session, args: Args, shell: Shell): Promise<ListReader> {
  const storage = await openDestination(view.destination, session, args, shell)
  return storage ? fromStorage(storage) : fromWorker(session.jobs, view.destination)
}

async function openDestination(
  destination: string,
  { local }: Session,
  args: Args,
  shell: Shell,
): Promise<Storage | undefined> {
  if (parseAddressRef(destination).kind === 'path' && !local) return undefined
  let storage: Storage | undefined
  try {
    storage = await openHere(addressBook(textOf(args, 'config'), shell), destination, 'destination')
    await orFault('destination', storage.list({ prefix: reportFolder, limit: 1 }))
    return storage
  } catch (error) {
    await storage?.close()
    const refused = toRefused(error)
    if (!(refused instanceof TranshipError)) throw error
    say(shell, `The destination cannot be read from here, so a worker is asked. (${refused.message})`)
    return undefined
  }
}

function fromStorage(storage: Storage): ListReader {
  return {
    throughWorker: false,
    size: async (name) => (await storage.head(`${reportFolder}${name}`)).size,
    read: async (name, onChunk, signal) => {
      const key = `${reportFolder}${name}`
      for (let first = 0, size = Infinity; first < size && !signal?.aborted;) {
        const chunk = await readChunk(storage, key, first)
        if (chunk.bytes.length > 0) await onChunk(chunk.bytes)
        first += chunk.bytes.length
        size = chunk.size
      }
    },
    close: () => storage.close(),
  }
}

/** A piece that fails for a reason that may pass is fetched again. */
async function readChunk(
  storage: Storage,
  key: string,
  first: number,
): Promise<{ readonly bytes: Uint8Array; readonly size: number }> {
  for (let tries = 1; ; tries++) {
    try {
      const chunks: Buffer[] = []
      const { size } = await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), {
        range: { first, last: first + chunkBytes - 1 },
      })
      return { bytes: Buffer.concat(chunks), size }
    } catch (error) {
      if (!isStorageError(error) || !error.retryable || tries === maxTries) throw error
      await delay(500 * tries)
    }
  }
}

function fromWorker(jobs: Jobs, destination: string): ListReader {
  return {
    throughWorker: true,
    size: async (name) => (await jobs.readList({ destination, ...parseListName(name) }, Number.MAX_SAFE_INTEGER)).size,
    read: async (name, onChunk, signal) => {
      const ref = { destination, ...parseListName(name) }
      for (let offset = 0; !signal?.aborted;) {
        const { bytes, size } = await jobs.readList(ref, offset)
        if (bytes.length > 0) await onChunk(bytes)
        offset += bytes.length
        if (offset >= size || bytes.length === 0) return
      }
    },
    close: () => Promise.resolve(),
  }
}

function parseListName(name: string): { job: string; run: number; list: ReportFile; volume: number } {
  const match = /^(.+)@(\d+)_([a-z]+_list)(?:_(\d+))?$/.exec(name)
  const list = [...listNames, 'verify_list' as const].find((known) => known === match?.[3])
  if (!match || !list) throw new TranshipError('Unexpected', `"${name}" is not the name of a report list.`)
  return { job: match[1]!, run: Number(match[2]), list, volume: Number(match[4] ?? 1) }
}
