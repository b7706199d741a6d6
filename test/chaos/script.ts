/** The life of the scripted job: made, stopped in the middle of two batches, started, done but for one file, retried. */
import type { JobView } from '../../model/status.ts'
import { awaitUntil } from '../support/await-until.ts'
import type { Commands } from './commands.ts'
import type { Lane } from './lane.ts'
import { deniedKey, heldKey, largeKey } from './scripted-job.ts'

/** A limit for what hangs, not for what is slow. */
const withinMs = 240_000

export async function prepare({ store }: Lane): Promise<void> {
  const held = { bucket: 'archive', times: 1, do: { kind: 'hold', at: 'start', release: 'go-on' } } as const
  await store.setFault({ id: 'denied', operation: 'PutObject', bucket: 'archive', key: deniedKey, do: { kind: 'error', code: 'AccessDenied' } })
  await store.setFault({ ...held, id: 'held-part', operation: 'UploadPart', key: largeKey, partNumber: 3 })
  await store.setFault({ ...held, id: 'held-object', operation: 'PutObject', key: heldKey })
  await store.resetLog()
}

export async function play(lane: Lane, job: string, commands: Commands): Promise<JobView> {
  const { store, client: { jobs } } = lane
  const until = (what: string, is: (view: JobView) => boolean): Promise<JobView> =>
    awaitUntil(async () => {
      const view = await jobs.status(job)
      if (view.status === 'Create Failed') throw new Error(JSON.stringify(view.reason))
      return is(view) ? view : undefined
    }, { timeoutMs: withinMs, everyMs: 100, what })
  const reached = (id: string): Promise<unknown> =>
    awaitUntil(async () => (await store.hits(id)) > 0, { timeoutMs: withinMs, everyMs: 20, what: `${id} is reached` })

  await commands.create()
  await Promise.all([reached('held-part'), reached('held-object')])
  const stopping = commands.stop()
  await until('it stops', (view) => view.phase === 'stopping' || view.status === 'Stopped' || isOver(view))
  await Promise.all(['held-part', 'held-object'].map((id) => store.removeFault(id)))
  await stopping
  await until('it is stopped', (view) => view.status === 'Stopped' || isOver(view))
  await commands.start()
  await until('run 1 is over', isOver)
  await store.removeFault('denied')
  await commands.retry()
  return await until('run 2 is over', ({ status, run }) => status === 'Completed' && run === 2)
}

/** Run 1: where a crash came just before it was told to stop, it may have come to its end first. */
const isOver = ({ status, phase }: JobView): boolean => status === 'Failed' && phase === 'waiting'
