import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAlive } from '../../embedded/process.ts'
import { findLiveServer } from '../../embedded/server-note.ts'
import { startServer, type RunningServer, type ServerOptions } from '../../embedded/server.ts'
import { findTemporal } from '../../embedded/temporal-program.ts'
import { awaitUntil } from '../support/await-until.ts'
import { endWithTests, temporaryFolder } from '../support/processes.ts'

afterEach(() => void vi.unstubAllEnvs())

const newDataDir = (): string => join(temporaryFolder('embedded'), '.tranship')

async function startHere(dataDir: string, options: ServerOptions = {}): Promise<RunningServer> {
  const server = await startServer({ headless: true, ...options, dataDir })
  endWithTests(server.pid)
  return server
}

/** Another process that starts or joins the server of this folder, until it is killed. */
async function startElsewhere(dataDir: string): Promise<{ pid: number; joined: boolean; kill: () => Promise<unknown> }> {
  const server = join(import.meta.dirname, '../../embedded/server.ts')
  const code = `import { startServer } from ${JSON.stringify(server)}
    const { pid, joined } = await startServer({ headless: true, dataDir: ${JSON.stringify(dataDir)} })
    console.log(JSON.stringify({ pid, joined }))
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { pid, joined } = JSON.parse(line.toString()) as { pid: number; joined: boolean }
  endWithTests(pid)
  const kill = (): Promise<unknown> => {
    child.kill('SIGKILL')
    return once(child, 'exit')
  }
  return { pid, joined, kill }
}

async function withClient<T>({ address }: { address: string }, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = Connection.lazy({ address })
  try {
    return await use(new Client({ connection }))
  } finally {
    await connection.close()
  }
}

describe('the embedded server', () => {
  it('answers with its search attributes and 90 days of retention, is noted in the folder, and is gone after stop', async () => {
    const dataDir = newDataDir()
    const server = await startHere(dataDir, { headless: false })
    await withClient(server, async ({ workflowService }) => {
      const { config } = await workflowService.describeNamespace({ namespace: server.namespace })
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 86_400)
      expect(Object.values(config?.customSearchAttributeAliases ?? {})).toEqual(
        expect.arrayContaining(['JobStatus', 'JobSource', 'JobDestination', 'JobRun']),
      )
    })
    expect((await fetch(server.uiAddress!)).status).toBe(200)
    const below = join(dataDir, '..', 'a', 'b')
    mkdirSync(below, { recursive: true })
    const note = { address: server.address, ui: server.uiAddress, pid: server.pid, namespace: 'default' }
    expect(await findLiveServer(below)).toEqual(note)

    await server.stop()
    expect(isAlive(server.pid)).toBe(false)
    expect(await findLiveServer(below)).toBeUndefined()
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false)
  })

  it('is one for all who start it in a folder, and ends with the last', async () => {
    const dataDir = newDataDir()
    const [first, second] = await Promise.all([startHere(dataDir), startHere(dataDir)])
    expect(second.pid).toBe(first.pid)
    expect(first.joined).not.toBe(second.joined)
    await first.stop()
    expect(isAlive(second.pid)).toBe(true)
    await second.stop()
    expect(isAlive(second.pid)).toBe(false)
  })

  it('outlives its starter killed with -9; the next to start joins it and stops it at the end', async () => {
    const dataDir = newDataDir()
    const killed = await startElsewhere(dataDir)
    expect(killed.joined).toBe(false)
    await killed.kill()
    const server = await startHere(dataDir)
    expect([server.joined, server.pid]).toEqual([true, killed.pid])
    await server.stop()
    await awaitUntil(() => !isAlive(server.pid))
  })

  it('starts anew after kill -9 of the server, with its open workflows', async () => {
    const dataDir = newDataDir()
    const first = await startHere(dataDir)
    await withClient(first, (client) => client.workflow.start('nothing', { workflowId: 'one', taskQueue: 'nobody' }))
    process.kill(-first.pid, 'SIGKILL')
    await awaitUntil(() => !isAlive(first.pid))
    const second = await startHere(dataDir)
    expect(second.joined).toBe(false)
    const { status } = await withClient(second, (client) => client.workflow.getHandle('one').describe())
    expect(status.name).toBe('RUNNING')
    await second.stop()
  })

  it('takes another port when the usual one is taken', async () => {
    const taken = createServer().listen(7233, '127.0.0.1')
    await once(taken, 'listening').catch(() => 'somebody else has it')
    const server = await startHere(newDataDir())
    expect(server.address).not.toBe('127.0.0.1:7233')
    await server.stop()
    taken.close()
  })

  it('stays with the program that wrote the data until no job is open, then moves to the new one', async () => {
    const dataDir = newDataDir()
    const real = await findTemporal()
    vi.stubEnv('TRANSHIP_CACHE', temporaryFolder('cache'))
    putOnPath(real, '1.30.9')
    const first = await startHere(dataDir)
    await withClient(first, async (client) => {
      await client.workflow.start('nothing', { workflowId: 'one', taskQueue: 'nobody' })
      await awaitUntil(async () => (await client.workflow.count()).count === 1)
    })
    await first.stop()

    putOnPath(real, '1.31.5')
    const second = await startHere(dataDir)
    expect(keptServer(dataDir)).toBe('1.30.9')
    await withClient(second, async (client) => {
      await client.workflow.getHandle('one').terminate()
      await awaitUntil(async () => (await client.workflow.count(`ExecutionStatus = 'Running'`)).count === 0)
    })
    await second.stop()

    const third = await startHere(dataDir)
    expect(keptServer(dataDir)).toBe('1.31.5')
    expect(existsSync(join(dataDir, 'temporal-1.30.9.db'))).toBe(true)
    await third.stop()
  })
})

/** The real program under another version number. */
function putOnPath(real: string, version: string): void {
  const folder = temporaryFolder('path')
  const say = `echo 'temporal version x (Server ${version}, UI 2)'`
  const script = `#!/bin/sh\n[ "$1" = --version ] && { ${say}; exit; }\nexec '${real}' "$@"\n`
  writeFileSync(join(folder, 'temporal'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
}

const keptServer = (dataDir: string): string =>
  (JSON.parse(readFileSync(join(dataDir, 'temporal-program.json'), 'utf8')) as { server: string }).server
