/** A guard against what makes every job slower: counted, and for CPU against the bare loop of bench/ on the same servers. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBare } from '../../bench/bare/tool.ts'
import { assertCopied, fillSource, prepare } from '../../bench/files.ts'
import { ours, oursPlain } from '../../bench/ours.ts'
import { startRig, type EndName, type Installation, type Rig } from '../../bench/rig.ts'
import type { Sample, Task } from '../../bench/tool.ts'
import { reportFolder } from '../../model/report-row.ts'

let rig: Rig
let own: Installation
beforeAll(async () => {
  rig = await startRig()
  ;[own] = rig.installations as [Installation]
})
afterAll(async () => { await rig?.stop() })

const taskOf = (files: number, from: EndName, to: EndName): Task => ({
  workload: { name: 'guard', title: `${files} small objects`, files, bytes: 4_096, holds: 'nothing', from: 'source', to: 'destination' },
  from: rig.ends[from],
  to: rig.ends[to],
})

async function begin({ workload }: Task): Promise<void> {
  await fillSource(rig.ends.source, workload, join(rig.ends.source.folder ?? '', '../kept'))
  await prepare(rig.ends.destination, workload, '', false)
}

async function copyOurs(task: Task): Promise<Sample> {
  const sample = await ours(own).copy(task)
  await assertCopied(rig.ends.destination, task.workload)
  return sample
}

/** Without what is written again every few seconds, which depends on how long a copy takes. */
interface Counts {
  readonly requests: number
  readonly ledgerWrites: number
  readonly events: number
}

async function countsOf(task: Task, copy: (task: Task) => Promise<Sample> = copyOurs): Promise<Counts> {
  const written = new Set<string>()
  let again = 0
  for (const proxy of rig.proxies) {
    proxy.reset()
    proxy.onRequest = (method, url) => {
      if (method !== 'PUT' || !url.includes(`${reportFolder}.ledger/`)) return
      if (written.has(url)) again++
      written.add(url)
    }
  }
  const { events = 0 } = await copy(task)
  return { requests: rig.proxies.reduce((sum, proxy) => sum + proxy.traffic().total, 0) - again, ledgerWrites: written.size, events }
}

async function countsOfNew(files: number): Promise<Counts> {
  const task = taskOf(files, 'counted-source', 'counted-destination')
  await begin(task)
  return await countsOf(task)
}

describe('a thousand small objects more', () => {
  it('cost one batch of requests, ledger writes and Temporal events', async () => {
    const [few, many] = [await countsOfNew(500), await countsOfNew(1_500)]
    console.log(`500 objects: ${JSON.stringify(few)}, 1,500: ${JSON.stringify(many)}`)
    expect(many.requests - few.requests).toBeLessThanOrEqual(2_050)
    expect(many.ledgerWrites - few.ledgerWrites).toBeLessThanOrEqual(6)
    expect(many.events - few.events).toBeLessThanOrEqual(20)
    expect(few.events).toBeLessThanOrEqual(80)
  })

  it('that are there already cost what listing and report cost, where the listings tell enough', async () => {
    const task = taskOf(2_500, 'counted-source', 'counted-destination')
    await begin(task)
    await copyOurs(task)
    const { requests, ledgerWrites, events } = await countsOf(task, oursPlain(own).copy)
    console.log(`nothing to do for 2,500: ${JSON.stringify({ requests, ledgerWrites, events })}`)
    expect(requests).toBeLessThanOrEqual(80)
    expect(ledgerWrites).toBeLessThanOrEqual(12)
    expect(events).toBeLessThanOrEqual(50)
  })

  it('cost a bounded multiple of the CPU of a bare loop', async () => {
    const task = taskOf(1_500, 'source', 'destination')
    await begin(task)
    const ratios: number[] = []
    for (let round = 0; round < 3; round++) {
      await prepare(rig.ends.destination, task.workload, '', false)
      const { cpuSeconds } = await copyOurs(task)
      await prepare(rig.ends.destination, task.workload, '', false)
      const bare = await copyBare(task.from.place, task.to.place)
      ratios.push(cpuSeconds / bare.cpuSeconds)
    }
    console.log(`CPU of the worker processes against the bare loop: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`)
    expect(Math.min(...ratios)).toBeLessThan(4)
  })
})
