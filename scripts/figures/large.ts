/**
 * One object of several GiB, mostly a hole, on two worker hosts; one of them is killed in the middle, and another takes its place.
 * Tells how much was sent again, and that memory does not grow with the object.
 */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { historiesOf, scheduledActivities } from './history.ts'
import { peakBytes } from './memory.ts'
import type { Figure } from './table.ts'
import { optionsOf } from '../../test/e2e/tranship.ts'
import { awaitUntil } from '../../test/support/await-until.ts'
import { connectJobs, writeConfig } from '../../test/support/jobs-client.ts'
import { startOssProcess } from '../../test/support/oss-process.ts'
import type { OssProcess } from '../../test/support/oss-process.ts'
import { temporaryFolder } from '../../test/support/processes.ts'
import { startTemporalServer } from '../../test/support/temporal-server.ts'
import { startWorkerHost } from '../../test/support/worker-host.ts'

const MiB = 1024 ** 2
const partBytes = 8 * MiB
/** What a killed host had done since it last wrote down what it had, and what was on its way. */
const unwrittenMs = 5_000
const inFlight = 16
const mostMemory = 400 * MiB

export async function largeFigures(size: number, largeBytes: number, say: (line: string) => void): Promise<Figure[]> {
  const folder = temporaryFolder('large')
  await writeHole(join(folder, 'large.bin'), size)
  const [temporal, oss] = await Promise.all([startTemporalServer(), startOssProcess({ buckets: ['archive'], dir: temporaryFolder('large-store') })])
  const client = connectJobs(temporal.address)
  const configPath = await writeConfig({ share: { vendor: 'nas', path: folder }, archive: oss.address('archive') })
  const start = () => startWorkerHost({ address: temporal.address, configPath })
  const hosts = await Promise.all([start(), start()])
  const parts = Math.ceil(size / partBytes)
  try {
    const begun = watchParts(oss)
    const startedAt = Date.now()
    await client.jobs.create(optionsOf({ job: 'large', source: 'share', destination: 'archive', largeBytes }))
    await awaitUntil(() => begun.count() > parts * 0.4, { timeoutMs: 600_000 })
    const atRisk = begun.inTheLast(unwrittenMs) + inFlight
    say(`Killing a host after ${begun.count()} of ${parts} parts …`)
    await hosts[0]?.kill()
    hosts.push(await start())
    const view = await client.jobs.follow('large', { everyMs: 500 })
    const seconds = (Date.now() - startedAt) / 1_000
    await begun.stop()
    const peaks = (await Promise.all(hosts.slice(1).map(({ pid }) => peakBytes(pid)))).flat()
    const activities = scheduledActivities(await historiesOf(client.client, 'large'))
    const again = begun.count() - parts
    const { operations } = await oss.counts()
    say(`${view.status} in ${Math.round(seconds)} s; activities: ${JSON.stringify(Object.fromEntries(activities))}; ${JSON.stringify(operations)}`)
    const isWhole = view.status === 'Completed' && view.completed.bytes === size && operations['InitiateMultipartUpload'] === 1
    return [
      { name: `an object of ${size / MiB} MiB, a host killed in the middle`, promised: 'complete, one upload', measured: `${view.status}, ${Math.round(size / MiB / seconds)} MiB/s over all`, ok: isWhole },
      { name: 'read and sent again', promised: `≤ ${(atRisk * partBytes) / MiB} MiB`, measured: `${(again * partBytes) / MiB} MiB`, ok: again <= atRisk },
      { name: 'peak memory of a process', promised: `≤ ${mostMemory / MiB} MiB`, measured: peaks.map((peak) => `${Math.round(peak / MiB)} MiB`).join(', '), ok: Math.max(...peaks) <= mostMemory },
    ]
  } finally {
    await Promise.all(hosts.map((host) => host.kill()))
    await client.close()
    await Promise.all([oss.stop(), temporal.stop()])
    await rm(folder, { recursive: true })
  }
}

async function writeHole(path: string, size: number): Promise<void> {
  const file = await open(path, 'w')
  for (let at = 0; at < size; at += 64 * MiB) await file.write(Buffer.from(`at ${at}`), 0, undefined, at)
  await file.truncate(size)
  await file.close()
}

interface PartWatch {
  count(): number
  inTheLast(ms: number): number
  stop(): Promise<void>
}

function watchParts(oss: OssProcess): PartWatch {
  const samples: { readonly at: number; readonly parts: number }[] = []
  const look = async (): Promise<void> => {
    const { operations } = await oss.counts()
    samples.push({ at: Date.now(), parts: operations['UploadPart'] ?? 0 })
  }
  const timer = setInterval(() => void look().catch(() => undefined), 200)
  const count = (): number => samples.at(-1)?.parts ?? 0
  return {
    count,
    inTheLast: (ms) => count() - (samples.findLast(({ at }) => at <= Date.now() - ms)?.parts ?? 0),
    async stop() {
      clearInterval(timer)
      await look()
    },
  }
}
