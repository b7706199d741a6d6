import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { withOrderGuard } from '../../../storage/layers/with-order-guard.ts'

const MiB = 1024 ** 2

/** Drivers cut keys and cursors out of pages of text. */
it('keeps no page in memory for the sake of its last key', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const cut = (at: number): string => `${String(at).padStart(40, '0')}${'x'.repeat(MiB)}`.slice(0, 40)
  const list = withOrderGuard({ ...openMemory(), list: async ({ cursor = '0' } = {}) => ({ entries: [{ key: cut(Number(cursor)), size: 0, mtimeMs: 0 }], next: cut(Number(cursor) + 1) }) }).list
  gc()
  const before = process.memoryUsage().heapUsed
  for (let page = 0, cursor = '0'; page < 100; page++) cursor = (await list({ cursor })).next ?? ''
  gc()
  expect((process.memoryUsage().heapUsed - before) / MiB).toBeLessThan(20)
})
