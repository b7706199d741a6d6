/** tranship as people run it: a Temporal server and a worker host that are warm, from the job's start to its end. */
import { eventCount, historiesOf } from '../scripts/figures/history.ts'
import { cpuSeconds, forgetPeaks, peakBytes } from '../scripts/figures/memory.ts'
import { workflowIdOf, type JobOptions } from '../model/job.ts'
import type { StatusMemo } from '../model/status.ts'
import { optionsOf } from '../test/e2e/tranship.ts'
import type { Installation } from './rig.ts'
import type { Sample, Task, Tool } from './tool.ts'

let jobs = 0

export const ours = (installation: Installation): Tool => ({
  name: installation.name,
  kind: 'ours',
  takes: () => true,
  copy: (task) => copyOurs(installation, task),
})

/** Without HEADs of what is there already: as the peers' listings decide. */
export const oursPlain = (installation: Installation): Tool => ({
  name: `${installation.name}, no content types`,
  kind: 'ours',
  takes: ({ workload }) => workload.holds !== 'nothing',
  copy: (task) => copyOurs(installation, task, { compareContentType: false }),
})

async function copyOurs({ client, temporal, host }: Installation, { from, to }: Task, more: Partial<JobOptions> = {}): Promise<Sample> {
  const job = `bench-${++jobs}`
  await forgetPeaks(host.pid)
  const before = { cpu: await cpuSeconds(host.pid), temporal: await cpuSeconds(temporal.pid) }
  const startedAt = performance.now()
  await client.jobs.create(optionsOf({ job, source: from.name, destination: to.name, ...more }))
  const ended = (await client.client.workflow.getHandle(workflowIdOf(job)).result()) as StatusMemo
  if (ended.status !== 'Completed') throw new Error(`${job} is ${ended.status}: ${ended.reason?.message}`)
  const seconds = (performance.now() - startedAt) / 1_000
  return {
    seconds,
    cpuSeconds: (await cpuSeconds(host.pid)) - before.cpu,
    temporalCpuSeconds: (await cpuSeconds(temporal.pid)) - before.temporal,
    peakBytes: (await peakBytes(host.pid)).reduce((sum, bytes) => sum + bytes, 0),
    events: eventCount(await historiesOf(client.client, job)),
  }
}
