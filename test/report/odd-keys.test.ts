import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { reportColumns, type ListName } from '../../model/report-row.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { failing, fault, put } from '../copy/support.ts'
import { temporaryFolder } from '../support/processes.ts'
import { printedSeed } from '../support/seed.ts'
import { runJob, textOf } from './support.ts'

const reader = join(import.meta.dirname, 'read-list.py')
const chosen = ['new\nline', 'carriage\rreturn', 'both\r\n', '"', '""', ',', '",\r\n"', ' ', 'tab\t', '😀', '👩‍👩‍👧', 'é', 'e\u0301', ';', '=1+1', '@', "'", '\u2028', '\ufeffmark', '\u0001']

/** As whoever has the list and Python reads it. */
async function rowsByPython(storage: Storage, list: ListName): Promise<string[][]> {
  const file = join(temporaryFolder('list'), list)
  await writeFile(file, await textOf(storage, 1, list))
  const { stdout } = await promisify(execFile)('python3', [reader, file], { maxBuffer: 64 * 1024 ** 2 })
  return JSON.parse(stdout) as string[][]
}

it('names every key as it is, to another CSV reader', { timeout: 60_000 }, async () => {
  const odd = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', '😀', '\t', '世', "'"), minLength: 1, maxLength: 12 })
  const drawn = fc.sample(odd, { numRuns: 400, seed: printedSeed('odd keys') })
  const keys = [...new Set([...chosen, ...drawn])].sort()
  const source = openMemory()
  for (const key of keys) await put(source, key, key)
  const destination = openMemory()
  const isBad = (key: string): boolean => keys.indexOf(key) % 3 === 0
  await runJob({ source: failing(source, ({ operation, key = '' }) => (operation === 'get' && isBad(key) ? fault('archived') : undefined)), destination })

  const read = async (list: ListName, column: string): Promise<string[]> => {
    const [header, ...rows] = await rowsByPython(destination, list)
    expect(header).toEqual(reportColumns[list])
    expect(rows.every(({ length }) => length === reportColumns[list].length)).toBe(true)
    return rows.map((row) => row[header?.indexOf(column) ?? -1] ?? '').sort()
  }
  expect(await read('total_list', 'file_name')).toEqual(keys)
  expect(await read('total_list', 'source_address')).toEqual(keys.map((key) => `memory://${source.info.bucket}/${key}`).sort())
  expect(await read('completed_list', 'file_name')).toEqual(keys.filter((key) => !isBad(key)))
  expect(await read('error_list', 'file_name')).toEqual(keys.filter(isBad))
})
