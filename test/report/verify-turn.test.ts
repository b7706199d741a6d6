import { describe, expect, it } from 'vitest'
import { takeTurn } from '../../activities/verify/turn.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { addVerifyCounts, noVerifyCounts, type VerifyPosition, type VerifyTask, type VerifyTurn } from '../../model/verify.ts'
import { putTogether } from '../../report/verify-list.ts'
import { readJobFile } from '../../report/read-report.ts'
import { completedVolumes } from '../../report/completed-rows.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { put, read, someBytes } from '../copy/support.ts'
import { contextOf, runJob, signal } from './support.ts'
import { parse } from 'csv-parse/sync'

const KiB = 1024
const { job } = contextOf({}).options
const never = () => false

interface How {
  readonly sampleFiles?: number
  readonly lanes?: number
  readonly isOver?: () => boolean
}

/** All turns of all lanes, and the list they come to. */
async function verify(destination: Storage, { sampleFiles, lanes = 2, isOver = never }: How = {}) {
  const task: VerifyTask = { job, destination: 'archive', ...(sampleFiles && { sampleFiles }) }
  const file = (await readJobFile(destination, job))!
  const plan = { run: file.runs.at(-1)!.run, files: completedVolumes(file).reduce((sum, { rows }) => sum + rows, 0) }
  const check = { destination, pool: makeRequestPool(8), signal, rangeBytes: 64 * KiB }
  let [counts, turns] = [noVerifyCounts, 0]
  for (let lane = 0; lane < lanes; lane++) {
    let from: VerifyPosition | undefined
    for (let turn = 0; ; turn++) {
      const result: VerifyTurn = await takeTurn(check, { task, plan, lane, lanes, turn, seed: 7, ...(from && { from }) }, isOver)
      counts = addVerifyCounts(counts, result.counts)
      turns++
      if (result.next === null) break
      expect(JSON.stringify(result.next)).not.toContain('file')
      from = result.next
    }
  }
  await putTogether(destination, job, plan.run, { signal })
  const list = await read(destination, `aliyun_mgw_import_report/${job}@${plan.run}_verify_list`)
  return { counts, turns, rows: parse(list, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[] }
}

async function copied(extra: Readonly<Record<string, Buffer>> = {}) {
  const [source, destination] = [openMemory(), openMemory()]
  for (let i = 0; i < 60; i++) await put(source, `file "${i}", with\r\na break`, someBytes(10 + i, i))
  await put(source, 'empty', '')
  for (const [key, bytes] of Object.entries(extra)) await put(source, key, bytes)
  await runJob({ source, destination })
  return { source, destination }
}

const flipOneBit = async (storage: Storage, key: string, at: number) => {
  const bytes = await read(storage, key)
  bytes[at]! ^= 1
  await put(storage, key, bytes)
}

describe('a verification', () => {
  it('finds all equal where all is, and writes an empty list', async () => {
    const { destination } = await copied()
    const { counts, rows } = await verify(destination)
    expect(counts).toMatchObject({ checked: 61, equal: 61, sizeOnly: 0, missing: 0, size: 0, checksum: 0, unreadable: 0 })
    expect(rows).toEqual([])
    expect((await destination.list({ prefix: 'aliyun_mgw_import_report/.ledger/' })).entries).toEqual([])
  })

  it('finds a bit that flipped at rest, a file that is gone, and one of another size, and lists them', async () => {
    const { destination } = await copied({ large: someBytes(700 * KiB) })
    await flipOneBit(destination, 'large', 699 * KiB)
    await flipOneBit(destination, 'file "7", with\r\na break', 3)
    await destination.delete('file "8", with\r\na break')
    await put(destination, 'file "9", with\r\na break', 'shorter')
    const { counts, rows } = await verify(destination)
    expect(counts).toMatchObject({ checked: 62, equal: 58, checksum: 2, missing: 1, size: 1 })
    expect(rows.map(({ file_name, found }) => [file_name, found]).toSorted()).toEqual([
      ['file "7", with\r\na break', 'checksum'], ['file "8", with\r\na break', 'missing'], ['file "9", with\r\na break', 'size'], ['large', 'checksum'],
    ])
  })

  it('in many turns counts each file once, and goes on within a large one', async () => {
    const { destination } = await copied({ 'large-1': someBytes(700 * KiB), 'large-2': someBytes(900 * KiB, 2) })
    let asked = 0
    const { counts, turns } = await verify(destination, { isOver: () => ++asked % 4 === 0 })
    expect(turns).toBeGreaterThan(10)
    expect(counts).toMatchObject({ checked: 63, equal: 63, bytes: expect.any(Number) })
  })

  it('reads a sample of about the size that was asked', async () => {
    const { destination } = await copied()
    const { counts } = await verify(destination, { sampleFiles: 20 })
    expect(counts.checked).toBeGreaterThan(5)
    expect(counts.checked).toBeLessThan(40)
    expect(counts.equal).toBe(counts.checked)
  })

  it('holds a file that a later run copied again against that run, and no other', async () => {
    const { source, destination } = await copied()
    await put(source, 'file "1", with\r\na break', 'new content, of another size')
    await runJob({ source, destination, run: 2 })
    await flipOneBit(destination, 'file "2", with\r\na break', 0)
    const { counts, rows } = await verify(destination)
    expect(counts).toMatchObject({ superseded: 1, checked: 61, equal: 60, checksum: 1 })
    expect(rows).toHaveLength(1)
    await flipOneBit(destination, 'file "1", with\r\na break', 0)
    expect((await verify(destination)).counts).toMatchObject({ superseded: 1, checksum: 2 })
  })

  it('compares sizes alone where the list has no checksum, and says so', async () => {
    const { destination } = await copied()
    const key = `aliyun_mgw_import_report/${job}@1_completed_list`
    const list = (await read(destination, key)).toString().replace(/(break",\d+),\d+/g, '$1,')
    await put(destination, key, list)
    await flipOneBit(destination, 'file "7", with\r\na break', 3)
    expect((await verify(destination)).counts).toMatchObject({ checked: 61, equal: 61, sizeOnly: 60 })
  })
})
