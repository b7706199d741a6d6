/** Report lists, read by a worker for a client that cannot reach the address itself. */
import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { workflowTaskQueue } from '../model/job.ts'
import type { exportReport, exportRunning } from '../workflows/export-report.ts'
import type { Running } from './running.ts'
import { runWatched } from './run-watched.ts'
import type { WatchOptions } from './worker-watch.ts'

export type ListRef = Omit<Parameters<typeof exportReport>[0], 'offset'>
export interface ListChunk {
  readonly bytes: Uint8Array
  /** Of the whole list. */
  readonly size: number
}

export async function readListChunk(client: Client, ref: ListRef, offset: number, watch: WatchOptions): Promise<ListChunk> {
  const workflowId = `export-report/${randomUUID()}`
  const { bytes, size } = await runWatched<typeof exportReport>(
    client,
    'exportReport',
    { workflowId, taskQueue: workflowTaskQueue, args: [{ ...ref, offset }] },
    watch,
  )
  return { bytes: Buffer.from(bytes, 'base64'), size }
}

export type RunningPosition = NonNullable<Awaited<ReturnType<typeof exportRunning>>['next']>
export type RunningSlices = Awaited<ReturnType<typeof exportRunning>>

/** The next bytes of the lists of a run that goes on. Payloads are small, so it takes a call for every 512 KiB. */
export async function readRunningSlices(client: Client, running: Running, at: RunningPosition, watch: WatchOptions): Promise<RunningSlices> {
  const workflowId = `export-running/${randomUUID()}`
  return await runWatched<typeof exportRunning>(client, 'exportRunning', { workflowId, taskQueue: workflowTaskQueue, args: [{ ...running, ...at }] }, watch)
}
