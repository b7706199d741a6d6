/** The workers of a soak: one that lists and so many that copy, in one process, on a generated source. Told what they work for in SOAK; says when they work. */
import { makeBatchOrder } from '../../copy/batch-order.ts'
import { makePiecePool } from '../../copy/piece-pool.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { JobPaces } from '../../copy/job-paces.ts'
import { lasting } from '../../model/flow/limit.ts'
import { connectWorker, createControlWorker, createCopyWorker } from '../../worker/workers.ts'
import { installRuntime } from '../../worker/runtime.ts'
import { generatedSource } from './generated.ts'
import { forgetfulDestination } from './sink.ts'

export interface SoakWork {
  readonly address: string
  readonly files: number
  /** That copy: each with two batches, and places and memory of its own. */
  readonly copiers: number
  readonly folder: string
}

const { address, files, copiers, folder } = JSON.parse(process.env['SOAK'] ?? '') as SoakWork
installRuntime()
const [source, destination] = [generatedSource(files), forgetfulDestination(folder)]
const storages = {
  source: async () => source,
  destination: async () => destination,
  ledger: async () => destination,
  open: async (_ref: string, role: 'source' | 'destination') => (role === 'source' ? source : destination),
  close: async () => {},
}
const dependencies = () => ({ storages, pool: makeRequestPool(), pieces: makePiecePool(), order: makeBatchOrder() })
const server = { namespace: 'default', connection: { address } }
const connection = await connectWorker(server)
const control = await createControlWorker(connection, server, dependencies())
const paces = new JobPaces((job) => paces.allow({ job, allowance: lasting(null), lostAtMs: Infinity }))
// A connection knows one worker of a queue.
const copy = await Promise.all(Array.from({ length: copiers }, async () => createCopyWorker(await connectWorker(server), server, dependencies(), paces)))
process.stdout.write('working\n')
await Promise.all([control, ...copy].map((worker) => worker.run()))
