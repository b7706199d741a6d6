/** What a job asks of Azure: its listing has no order that could be relied on, and yet no file is looked at that it tells of. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { openStorage } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { put, readText } from '../../conformance/tools.ts'
import { runJob } from '../../report/support.ts'
import { startAzblobServer, type AzblobServer } from '../../servers/azblob/server.ts'

const files = 200

let server: AzblobServer
let destination: Storage
beforeAll(async () => {
  server = await startAzblobServer()
  await server.makeContainer('counted')
  const { endpoint, account, accountKey } = server
  destination = await openStorage({ vendor: 'azblob', endpoint, account, accountKey, container: 'counted', prefix: 'below/' })
})
afterAll(async () => {
  await destination.close()
  await server.stop()
})

/** Methods of the requests about files. */
async function asked(work: () => Promise<unknown>): Promise<string[]> {
  const before = server.requests.length
  await work()
  return server.requests.slice(before).filter(({ line }) => line.includes('/below/files/')).map(({ line }) => line.split(' ', 1)[0] ?? '')
}

it('one put for a new file, nothing for one that is there', async () => {
  const source = openMemory({ now: () => Date.now() - 60_000 })
  for (let i = 0; i < files; i++) await put(source, `files/ü ${i}`, String(i))
  const run = (number: number) => runJob({ source, destination, run: number, options: { compareContentType: false } })
  expect(await asked(() => run(1))).toEqual(Array.from({ length: files }, () => 'PUT'))
  await put(source, 'files/late', 'x')
  expect(await asked(() => run(2))).toEqual(['PUT'])
})

it('a look for a file that has the name of a folder, which the listing leaves out', async () => {
  const folder = server.container('counted').getBlockBlobClient('below/files/marked')
  await folder.upload('', 0, { metadata: { hdi_isfolder: 'true' } })
  const source = openMemory()
  await put(source, 'files/marked', 'x')
  expect(await asked(() => runJob({ source, destination, run: 3 }))).toEqual(['HEAD', 'PUT'])
  expect(await readText(destination, 'files/marked')).toBe('x')
})
