import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import { makePiecePool } from '../../copy/piece-pool.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { bytesOf } from '../conformance/tools.ts'
import { entriesOf, KiB, put, read, rig } from '../copy/support.ts'
import { endedAs, EndingsTable } from './wire/endings.ts'
import { httpVendors, rows, type Ending, type HttpVendor, type Row } from './wire/faults.ts'
import { startBench, type WireBench } from './wire/vendors.ts'

const MiB = 1024 * KiB
const small = bytesOf(20_000)
/** Of two parts. */
const large = bytesOf(9 * MiB)
const table = new EndingsTable(httpVendors)
const benches = new Map<HttpVendor, WireBench>()

beforeAll(async () => {
  for (const vendor of httpVendors) benches.set(vendor, await startBench(vendor))
})
afterAll(async () => {
  for (const bench of benches.values()) await bench.stop()
  console.log(table.toString())
})

const isLarge = ({ at }: Row): boolean => ['range', 'head', 'part', 'complete'].includes(at)
const endingOf = ({ ends }: Row, vendor: HttpVendor): Ending | null => (typeof ends === 'string' ? ends : ends[vendor])
const nameOf = ({ what, side, at }: Row): string => `${what} (${at} at the ${side})`

interface Copied {
  readonly ending: Ending
  /** Once nothing is wrong any more, where the address had been at fault. */
  readonly mended?: Ending | undefined
  readonly destination: Storage
}

async function copyUnder(bench: WireBench, row: Row, vendor: HttpVendor, key: string): Promise<Copied> {
  const bytes = isLarge(row) ? large : small
  const store = openMemory()
  const origin = row.side === 'source' ? bench.direct : store
  await put(origin, key, bytes)
  const [source, destination] = row.side === 'source' ? [bench.throughProxy, store] : [store, bench.throughProxy]
  const entries = (await entriesOf(origin)).filter((entry) => entry.key === key)
  const { fault } = row
  bench.proxy.hits = 0
  bench.proxy.struck = { fault: typeof fault === 'function' ? fault(vendor) : fault, matches: row.everywhere ? () => true : bench.matches(row.at, key), times: row.times ?? 1 }
  const task = rig({ source, destination, entries, pieces: makePiecePool(64 * MiB, 5 * MiB) })
  const result = await copyBatch(task)
  bench.proxy.struck = undefined
  const mended = result.blocked && (await copyBatch({ ...task, previous: result }))
  return { ending: endedAs(result), mended: mended && endedAs(mended), destination: row.side === 'source' ? store : bench.direct }
}

describe.each(httpVendors)('a fault on the wire to %s', (vendor) => {
  const known = rows.map((row, i) => [nameOf(row), row, i] as const).filter(([, row]) => endingOf(row, vendor) !== null)
  it.each(known)('%s', { timeout: 60_000 }, async (name, row, i) => {
    const bench = benches.get(vendor)
    if (!bench) throw new Error('no bench')
    const key = `object-${i}`
    const { ending, mended, destination } = await copyUnder(bench, row, vendor, key)
    table.note(name, vendor, ending)
    expect(bench.proxy.hits, 'the fault struck').toBeGreaterThan(0)
    expect(ending).toBe(endingOf(row, vendor))
    const there = await read(destination, key).catch(() => undefined)
    if (mended !== undefined) expect(mended).toBe('fine')
    if ((mended ?? ending) === 'fine') expect(there?.equals(isLarge(row) ? large : small)).toBe(true)
    else expect(there).toBeUndefined()
    expect(await destination.multipart?.listUploads(key)).toEqual([])
  })
})
