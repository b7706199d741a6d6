import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accountsFor, leftOvers, listsOf, reportFolder } from '../e2e/report-lists.ts'
import { awaitUntil } from '../support/await-until.ts'
import { connectJobs, writeConfig, type JobsClient } from '../support/jobs-client.ts'
import { startOssProcess, type OssProcess } from '../support/oss-process.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts'
import { startWorkerHost, type WorkerHost } from '../support/worker-host.ts'
import { keys, objects, putObjects, scriptedOptions } from './scripted-job.ts'

let temporal: TemporalServer
let store: OssProcess
let client: JobsClient
let host: WorkerHost | undefined

beforeAll(async () => {
  ;[temporal, store] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['photos'] })])
  client = connectJobs(temporal.address)
  await putObjects(store.address('photos'))
})
afterAll(async () => {
  await host?.kill()
  await client?.close()
  await Promise.all([store?.stop(), temporal?.stop()])
})

/** The check reads one of them first. Among these lie parts of the object that has three. */
const killedAt = [4, 7, 13]

it('a worker that is killed while it writes to a folder leaves no temporary file behind, and every file whole', { timeout: 170_000 }, async () => {
  const folder = temporaryFolder('destination')
  const configPath = await writeConfig({ photos: store.address('photos'), archive: { vendor: 'nas', path: folder } })
  for (const number of killedAt) {
    const held = { operation: 'GetObject', bucket: 'photos', skip: number - 1, times: 1 } as const
    await store.setFault({ ...held, id: `read ${number}`, do: { kind: 'hold', at: 'answer', release: 'break' } })
  }
  host = await startWorkerHost({ address: temporal.address, configPath })
  await client.jobs.create({ ...scriptedOptions('to-a-folder'), metadataPolicy: 'drop' })
  const seen: string[] = []
  for (const number of killedAt) {
    await awaitUntil(async () => (await store.hits(`read ${number}`)) > 0, { timeoutMs: 60_000, what: `read ${number}` })
    await host.kill()
    seen.push(...(await namesBelow(folder)).filter((name) => !keys.includes(name) && !name.startsWith(reportFolder)))
    await store.removeFault(`read ${number}`)
    host = await startWorkerHost({ address: temporal.address, configPath })
  }
  const view = await client.jobs.follow('to-a-folder', { everyMs: 200 })
  console.log(`chaos: at the kills there lay beside the files: ${seen.join(', ')}`)
  expect(view).toMatchObject({ status: 'Completed', failed: { files: 0 } })
  // A folder states no hash: a file that a dead worker had brought may be found the same by its successor.
  expect(view.completed.files + view.skipped.files).toBe(keys.length)

  const names = await namesBelow(folder)
  const found = new Map(await Promise.all(names.map(async (name) => [name, { bytes: await readFile(join(folder, name)), metadata: { user: {} } }] as const)))
  for (const { key, bytes } of objects) expect(found.get(key)?.bytes.equals(bytes), key).toBe(true)
  expect(names.filter((name) => !name.startsWith(reportFolder)).sort()).toEqual([...keys].sort())
  expect(leftOvers(found)).toEqual([])
  expect(accountsFor(listsOf(found, 'to-a-folder', 1), keys)).toBe(true)
})

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
