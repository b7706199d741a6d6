/**
 * Photographs a running job in the Temporal Web UI into docs/web-ui.png: a real job on an embedded Temporal, and Chromium from
 * the system's packages (CHROMIUM names another).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { createJobs } from '../client/jobs.ts'
import { runEmbedded } from '../embedded/run.ts'
import { jobDefaults } from '../model/job.ts'
import { startOssServer } from '../test/servers/stores/server.ts'
import { openPage } from './screenshot/browser.ts'

const target = resolve(import.meta.dirname, '../docs/web-ui.png')
const key = { accessKeyId: 'archive-key', accessKeySecret: 'archive-secret' }
const files = 24_000

const work = await mkdtemp(join(tmpdir(), 'tranship-screenshot-'))
const oss = await startOssServer({ buckets: [{ name: 'archive' }], keys: [key] })
try {
  await makeFiles(join(work, 'photos'))
  await writeFile(join(work, 'tranship.yaml'), configOf(), { mode: 0o600 })
  oss.faults.add({ operation: 'PutObject', keyPrefix: 'photos/2021/', every: 97, do: { kind: 'error', code: 'AccessDenied' } })
  oss.faults.add({ operation: 'PutObject', do: { kind: 'latency', ms: 150 } })
  const embedded = await runEmbedded({ folder: work, configPath: join(work, 'tranship.yaml') })
  await embedded.working
  const connection = await Connection.connect({ address: embedded.address })
  try {
    const jobs = createJobs({ client: new Client({ connection }), searchAttributes: async () => true, by: 'ann@laptop' })
    await jobs.create({ ...jobDefaults, job: 'photos-to-archive', source: 'photos', destination: 'archive', timeZone: 'UTC', window: 4 })
    await jobs.follow('photos-to-archive', { everyMs: 100 }, ({ completed }) => completed.files > files * 0.4)
    process.stdout.write(`photographing ${embedded.uiAddress}\n`)
    const page = await openPage(`${embedded.uiAddress}/namespaces/default/workflows/migration%2Fphotos-to-archive`)
    await page.until("document.body.innerText.includes('photos-to-archive')")
    await delay(6_000)
    await writeFile(target, await page.photograph())
    await page.close()
    await jobs.stop('photos-to-archive')
  } finally {
    await connection.close()
    await embedded.stop()
  }
} finally {
  await oss.close()
  await rm(work, { recursive: true, force: true })
}
process.stdout.write(`${target}\n`)

async function makeFiles(folder: string): Promise<void> {
  for (let i = 0; i < files; i++) {
    const path = join(folder, String(2020 + (i % 6)), String((i % 12) + 1).padStart(2, '0'), `IMG_${String(i).padStart(5, '0')}.jpg`)
    if (i < 72) await mkdir(dirname(path), { recursive: true })
    await writeFile(path, Buffer.alloc(2_000 + (i % 7) * 1_000, i))
  }
}

function configOf(): string {
  return `addresses:
  photos: { vendor: nas, path: ${JSON.stringify(join(work, 'photos'))} }
  archive: { vendor: oss, endpoint: ${oss.endpoint}, region: ${oss.region}, bucket: archive, prefix: photos/, accessKeyId: ${key.accessKeyId}, accessKeySecret: ${key.accessKeySecret} }
`
}
