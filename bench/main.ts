/**
 * Measures tranship beside other tools on the same servers in one run, tool after tool and round after round, and prints medians
 * and their ratios to the best of the peers. `--scale 0.1` is a tenth of it, `--only small,large` a part of it.
 *
 *   npm run bench [-- --rounds 3] [-- --scale 0.1] [-- --only small,large] [-- --tools tranship,mc] [-- --no-counted]
 *   npm run bench -- --beside ../other-checkout      (another version of tranship, in turns with this one)
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '../test/support/processes.ts'
import { bareLoop } from './bare/tool.ts'
import { countRequests } from './counted.ts'
import { assertCopied, empty, fillSource, prepare } from './files.ts'
import { ours, oursPlain } from './ours.ts'
import { findPeers } from './peers.ts'
import { startRig } from './rig.ts'
import { toTable } from './table.ts'
import type { Sample, Task, Tool } from './tool.ts'
import { scaled, workloads, type Workload } from './workloads.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' }, scale: { type: 'string', default: '1' }, only: { type: 'string' }, tools: { type: 'string' },
    counted: { type: 'boolean', default: true }, beside: { type: 'string', multiple: true, default: [] },
  },
  allowNegative: true,
})
const rounds = Number(values.rounds)
const startedAt = Date.now()
const say = (line: string): void => void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${line}\n`)

// Servers and their data in memory, where there is such a file system.
if (existsSync('/dev/shm')) process.env['TMPDIR'] = '/dev/shm'
const chosen = chooseWorkloads()
const isWanted = (name: string): boolean => values.tools === undefined || values.tools.split(',').some((part) => name.startsWith(part))
const peers = await findPeers(isWanted, say)
const rig = await startRig(values.beside.map((folder) => resolve(folder)), chosen)
const tools = [...rig.installations.flatMap((one) => [ours(one), oursPlain(one)]), ...peers, bareLoop].filter(({ name }) => isWanted(name))
const kept = join(temporaryFolder('bench'), 'kept')

try {
  const starts = rig.installations.map(({ name, hostStartSeconds }) => `${name}: a worker host polls ${hostStartSeconds.toFixed(2)} s after its start`)
  process.stdout.write(`${new Date().toISOString()}, ${rounds} rounds, ${availableParallelism()} cores. ${starts.join('; ')}.\n\n`)
  await warmUp()
  for (const workload of chosen) process.stdout.write(`${toTable(workload, await measure(workload))}\n`)
  if (values.counted) process.stdout.write(await countRequests(rig, tools, say))
} finally {
  await rig.stop()
}

function chooseWorkloads(): Workload[] {
  const asked = values.only?.split(',')
  const unknown = asked?.find((name) => !workloads.some((workload) => workload.name === name))
  if (unknown !== undefined) throw new Error(`There is no workload "${unknown}": name some of ${workloads.map(({ name }) => name).join(', ')}.`)
  return workloads.filter(({ name }) => asked?.includes(name) ?? true).map((workload) => scaled(workload, Number(values.scale)))
}

/** Code that ran once runs faster. */
async function warmUp(): Promise<void> {
  const workload: Workload = { name: 'warm', title: 'warm', files: Math.max(200, 2_000 * Number(values.scale)), bytes: 4_096, holds: 'nothing', from: 'source', to: 'destination' }
  const task = taskOf(workload)
  await fillSource(task.from, workload, kept)
  for (const one of rig.installations) {
    await prepare(task.to, workload, kept, false)
    await ours(one).copy(task)
  }
}

function taskOf(workload: Workload): Task {
  return { workload, from: rig.end(workload.from), to: rig.end(workload.to) }
}

/** Tools take turns, so that a machine that gets slower gets slower for all. */
async function measure(workload: Workload): Promise<{ tool: Tool; samples: Sample[] }[]> {
  const task = taskOf(workload)
  say(`${workload.title}: filling the source …`)
  // Over TLS it is the same folder; filling it needs none.
  await fillSource(workload.from === 'tls' ? rig.ends.source : task.from, workload, kept)
  await empty(task.to)
  const results = tools.filter((tool) => tool.takes(task)).map((tool) => ({ tool, samples: [] as Sample[] }))
  let untouched = false
  for (let round = 1; round <= rounds; round++) {
    for (const { tool, samples } of results) {
      await prepare(task.to, workload, kept, untouched)
      const sample = await tool.copy(task)
      await assertCopied(task.to, workload)
      untouched = true
      say(`${workload.name}, round ${round}, ${tool.name}: ${sample.seconds.toFixed(2)} s, ${sample.cpuSeconds.toFixed(2)} CPU s`)
      samples.push(sample)
    }
  }
  return results
}
