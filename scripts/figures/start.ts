/** How long `tranship migrate` takes from its start to the first byte that it copies, where it brings Temporal up itself, and Temporal's own part of it. */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../../bench/statistics.ts'
import { awaitUntil } from '../../test/support/await-until.ts'
import { start, temporaryFolder } from '../../test/support/processes.ts'
import { startOssProcess, type OssProcess } from '../../test/support/oss-process.ts'
import { startTemporalServer } from '../../test/support/temporal-server.ts'
import type { Figure } from './table.ts'

const rounds = 5
const promisedMs = 4_000
const oursMs = 1_500

export async function startFigures(say: (line: string) => void): Promise<Figure[]> {
  const source = await startOssProcess({ buckets: ['photos'] })
  try {
    await source.client('photos').put('first.bin', Buffer.from('first'))
    const [all, temporal]: [number[], number[]] = [[], []]
    for (let round = 0; round <= rounds; round++) {
      const toFirstByte = await untilFirstByte(source)
      const ofTemporal = await untilTemporalAnswers()
      say(`first byte after ${toFirstByte} ms, Temporal alone ${ofTemporal} ms`)
      if (round === 0) continue // Compiled code is kept from then on.
      all.push(toFirstByte)
      temporal.push(ofTemporal)
    }
    const [whole, ours] = [median(all), median(all) - median(temporal)]
    return [
      { name: 'embedded, from the command to the first byte', promised: `≤ ${promisedMs} ms`, measured: `${whole} ms`, ok: whole <= promisedMs },
      { name: 'of that without Temporal’s own start', promised: `≤ ${oursMs} ms`, measured: `${ours} ms`, ok: ours <= oursMs },
    ]
  } finally {
    await source.stop()
  }
}

async function untilFirstByte(source: OssProcess): Promise<number> {
  const folder = temporaryFolder('start')
  mkdirSync(join(folder, 'out'))
  writeFileSync(join(folder, 'tranship.yaml'), JSON.stringify({ addresses: { photos: source.address('photos') } }), { mode: 0o600 })
  await source.resetLog()
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const beganAt = Date.now()
  const command = start(process.execPath, [join(import.meta.dirname, '../../bin/tranship.js'), 'migrate', 'photos', './out', '--json'], { cwd: folder, env, output: 'ignore' })
  let atMs = 0
  await awaitUntil(async () => {
    const [_checked, copied] = (await source.log()).filter(({ operation, key }) => operation === 'GetObject' && key === 'first.bin')
    atMs = Date.now()
    return copied !== undefined
  }, { timeoutMs: 60_000, everyMs: 20 })
  await once(command, 'exit')
  return atMs - beganAt
}

async function untilTemporalAnswers(): Promise<number> {
  const beganAt = Date.now()
  const server = await startTemporalServer()
  const ms = Date.now() - beganAt
  await server.stop()
  return ms
}
