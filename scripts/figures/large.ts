/**
 * One object of several GiB, mostly a hole, on two worker hosts; one of them is killed in the middle, and another takes its place.
 * Tells how much was sent again, and that memory does not grow with the object.
 */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { historiesOf, scheduledActivities } from './history.ts'
import { peakBytes } from './memory.ts'
import type { Figure } from './table.ts'
import type { OpenUpload } from '../../ledger/entry.ts'
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
    const sent = async (): Promise<number> => (await oss.counts()).operations['UploadPart'] ?? 0
    const unanswered = async (): Promise<number> => (await oss.counts()).statuses['none'] ?? 0
    const startedAt = Date.now()
    await client.jobs.create(optionsOf({ job: 'large', source: 'share', destination: 'archive', largeBytes }))
    await awaitUntil(async () => (await sent()) > parts * 0.4, { timeoutMs: 600_000, everyMs: 200 })
    await hosts[0]?.kill()
    const [begun, recorded, lost] = [await sent(), await recordedParts(oss), await unanswered()]
    say(`Killed a host: ${begun} of ${parts} parts begun, ${recorded} in the ledger …`)
    hosts.push(await start())
    const view = await client.jobs.follow('large', { everyMs: 500 })
    const seconds = (Date.now() - startedAt) / 1_000
    const peaks = (await Promise.all(hosts.slice(1).map(({ pid }) => peakBytes(pid)))).flat()
    const activities = scheduledActivities(await historiesOf(client.client, 'large'))
    const { operations } = await oss.counts()
    const again = (operations['UploadPart'] ?? 0) - parts
    const timedOut = (await unanswered()) - lost
    say(`${again} parts sent again, ${lost} requests unanswered at the kill, ${timedOut} after it`)
    say(`${view.status} in ${Math.round(seconds)} s; activities: ${JSON.stringify(Object.fromEntries(activities))}; ${JSON.stringify(operations)}`)
    const isWhole = view.status === 'Completed' && view.completed.bytes === size && operations['InitiateMultipartUpload'] === 1
    return [
      { name: `an object of ${size / MiB} MiB, a host killed in the middle`, promised: 'complete, one upload', measured: `${view.status}, ${Math.round(size / MiB / seconds)} MiB/s over all`, ok: isWhole },
      { name: 'read and sent again', promised: `≤ ${((begun - recorded) * partBytes) / MiB} MiB`, measured: `${((again - timedOut) * partBytes) / MiB} MiB, and ${(timedOut * partBytes) / MiB} MiB because a living host's request broke off`, ok: again - timedOut <= begun - recorded },
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

/** Parts that the ledger has of all ranges: of each the file that has most. */
async function recordedParts(oss: OssProcess): Promise<number> {
  const client = oss.client('archive')
  const { objects = [] } = (await client.listV2({ prefix: 'aliyun_mgw_import_report/.ledger/', 'max-keys': '1000' }, {})) as unknown as { objects?: { name: string }[] }
  const most = new Map<string, number>()
  for (const { name } of objects) {
    const range = /\.parts-\d+/.exec(name)?.[0]
    if (range === undefined) continue
    const { content } = await client.get(name)
    const rows = String(content).split('\n').filter(Boolean).map((line) => JSON.parse(line) as { upload?: OpenUpload })
    const parts = rows.find(({ upload }) => upload)?.upload?.parts.length ?? 0
    most.set(range, Math.max(parts, most.get(range) ?? 0))
  }
  return [...most.values()].reduce((sum, count) => sum + count, 0)
}
