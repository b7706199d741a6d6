/** A listing stub in a thread of its own, so that it answers while the lister is busy. */
import { parentPort, workerData } from 'node:worker_threads'
import { startListingStub } from './listing-stub.ts'

const { files, latencyMs } = workerData as { readonly files: number; readonly latencyMs: number }
const { origin } = await startListingStub(files, { latencyMs })
parentPort?.postMessage(origin)
