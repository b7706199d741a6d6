/** How long the lister takes for a flat bucket whose server takes its time, against a plain loop that asks for page after page. */
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openLedger } from '../../ledger/ledger.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { contextOf, listAll } from '../../test/report/support.ts'
import type { Figure } from './table.ts'

const latencyMs = 50
const promised = 8

export async function rangesFigures(files: number, say: (line: string) => void): Promise<Figure[]> {
  const stub = new Worker(join(import.meta.dirname, 'ranges-stub.ts'), { workerData: { files, latencyMs } })
  const [origin] = (await once(stub, 'message')) as [string]
  const source = await openStorage({ vendor: 's3', endpoint: origin, region: 'here-1', bucket: 'photos', accessKeyId: 'id', secretAccessKey: 'secret', pathStyle: true })
  try {
    const lister = await secondsOf('the lister', files, say, () => countByLister(source))
    const loop = await secondsOf('a plain loop', files, say, () => countByLoop(source))
    const ratio = loop / lister
    const name = `listing ${files} keys of one folder, ${latencyMs} ms a page, against one page after another`
    return [{ name, promised: `≥ ${promised} ×`, measured: `${ratio.toFixed(1)} ×: ${lister.toFixed(1)} against ${loop.toFixed(1)} s`, ok: ratio >= promised }]
  } finally {
    await source.close()
    await stub.terminate()
  }
}

async function secondsOf(what: string, files: number, say: (line: string) => void, count: () => Promise<number>): Promise<number> {
  const began = performance.now()
  const counted = await count()
  const seconds = (performance.now() - began) / 1_000
  if (counted !== files) throw new Error(`${what} listed ${counted} of ${files} files.`)
  say(`${what} listed ${files} files in ${seconds.toFixed(1)} s`)
  return seconds
}

async function countByLister(source: Storage): Promise<number> {
  const task = { source, destination: openMemory() }
  const { batches } = await listAll(task, openLedger(openMemory(), contextOf({})))
  return batches.reduce((sum, batch) => sum + batch.files, 0)
}

async function countByLoop(source: Storage): Promise<number> {
  let [count, cursor]: [number, string | undefined] = [0, '']
  while (cursor !== undefined) {
    const page = await source.list(cursor === '' ? {} : { cursor })
    count += page.entries.length
    cursor = page.next
  }
  return count
}
