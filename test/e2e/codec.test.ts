import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { historiesOf, payloadsOf } from '../../scripts/figures/history.ts'
import { connectTo } from '../../client/connect.ts'
import { createJobs } from '../../client/jobs.ts'
import { openTerminal } from '../cli/terminal.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts'
import { optionsOf, startTranship, type Tranship } from './tranship.ts'

const [from, to] = [temporaryFolder('from'), temporaryFolder('to')]
const keys = `first:${randomBytes(32).toString('base64')}`
let temporal: TemporalServer
let tranship: Tranship

beforeAll(async () => {
  await writeFile(join(from, 'a.txt'), 'content')
  temporal = await startTemporalServer()
  vi.stubEnv('TRANSHIP_CODEC_KEYS', keys)
  tranship = await startTranship({ 'share-canary': { vendor: 'nas', path: from }, 'copies-canary': { vendor: 'nas', path: to } }, temporal.address)
})
afterAll(async () => {
  await tranship?.stop()
  vi.unstubAllEnvs()
  await temporal?.stop()
})

describe('with a payload codec', () => {
  it('a job runs as ever, limited too, and Temporal holds nothing of it that can be read', async () => {
    const { client, connection } = await connectTo({ origin: 'flags', namespace: 'default', connection: { address: temporal.address } })
    const jobs = createJobs({ client, searchAttributes: async () => false, by: 'who-canary@here' })
    const made = { job: 'sealed', source: 'share-canary', destination: 'copies-canary', maxFlow: '1MB/s' }
    expect(await jobs.create(optionsOf(made))).toMatchObject({ source: 'share-canary' })
    expect(await jobs.follow('sealed')).toMatchObject({ status: 'Completed', completed: { files: 1 }, source: 'share-canary' })
    expect((await jobs.list()).find(({ job }) => job === 'sealed')).toMatchObject({ destination: 'copies-canary' })
    expect(await jobs.verify('sealed')).toMatchObject({ checked: 1, equal: 1 })

    const histories = await historiesOf(client, 'sealed')
    const { raw } = await client.workflow.getHandle('migration/sealed').describe()
    const everything = [...payloadsOf(histories), ...payloadsOf(raw)].map((data) => Buffer.from(data).toString('latin1')).join('\n') + JSON.stringify(histories)
    expect(everything).not.toMatch(/canary/)
    expect(everything.length).toBeGreaterThan(2_000)

    const terminal = openTerminal({ TEMPORAL_ADDRESS: temporal.address, TRANSHIP_CODEC_KEYS: keys })
    const without = openTerminal({ TEMPORAL_ADDRESS: temporal.address, TRANSHIP_CODEC_KEYS: '' })
    expect(await without.json('status', 'sealed')).toMatchObject({ answer: { error: { message: expect.stringContaining('TRANSHIP_CODEC_KEYS') } } })
    expect(await terminal.json('status', 'sealed')).toMatchObject({ code: 0, answer: { status: 'Completed', source: 'share-canary' } })
    await connection.close()
  })
})
