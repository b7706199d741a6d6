/** Listings longer than pages, in bounded memory, and without one entry lost or given twice. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAzblob } from '../../../storage/drivers/azblob/driver.ts'
import { eachOf } from '../../../model/each-of.ts'
import type { Storage } from '../../../storage/storage.ts'
import { startAzurite, type Azurite } from '../../support/azurite.ts'

const blobs = 10_001
const rounds = 4
const leastBytesOfEntry = 100
const keyOf = (number: number): string => `folder-${number % 7}/${'long-name-'.repeat(10)}${String(number).padStart(6, '0')}`

let server: Azurite
let storage: Storage
beforeAll(async () => {
  server = await startAzurite()
  await server.makeContainer('many')
  const { endpoint, account, accountKey } = server
  storage = openAzblob({ vendor: 'azblob', endpoint, account, accountKey, container: 'many' })
  await eachOf(Array.from({ length: blobs }, (_, number) => number), 32, async (number) => void (await storage.put(keyOf(number), [], { metadata: { user: {} } })))
})
afterAll(async () => {
  await storage.close()
  await server.stop()
})

async function* pages() {
  let cursor: string | undefined
  do {
    const page = await storage.list(cursor === undefined ? {} : { cursor })
    yield page.entries.map(({ key }) => key)
    cursor = page.next
  } while (cursor !== undefined)
}

it('every blob comes once, in pages as large as the service gives them', async () => {
  const sizes: number[] = []
  const seen = new Set<string>()
  for await (const keys of pages()) {
    sizes.push(keys.length)
    for (const key of keys) seen.add(key)
  }
  expect(sizes).toEqual([5_000, 5_000, 1])
  expect(seen.size).toBe(blobs)
})

it('what was listed is not kept', async () => {
  const held: number[] = []
  for (let round = 0; round < rounds; round++) {
    for await (const keys of pages()) expect(keys.length).toBeGreaterThan(0)
    held.push(heldBytes())
  }
  const growth = (held.at(-1) ?? 0) - (held[0] ?? 0)
  expect(growth, held.join(' ')).toBeLessThan(blobs * (rounds - 1) * leastBytesOfEntry)
})

function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}
