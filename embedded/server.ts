/**
 * A folder's own Temporal server: a process by itself, whose data lie in the folder. Several processes may use it at once; it is
 * stopped by the last of them that stops.
 */
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { asking } from './asking.ts'
import { freePort, launchDevServer } from './dev-server.ts'
import { dbFileIn, noteOpenJobs, programFor } from './kept-program.ts'
import { withLock } from './lock.ts'
import { endGroup, isAlive } from './process.ts'
import type { FindOptions } from './program.ts'
import { forgetNote, readLiveNote, writeNote, type ServerNote } from './server-note.ts'

export interface ServerOptions extends FindOptions {
  readonly dataDir?: string
  readonly ip?: string
  /** Must be free; by default 7233 and 8233, others when these are taken. */
  readonly port?: number
  readonly uiPort?: number
  /** Without the Web UI. */
  readonly headless?: boolean
  /** The server was not there and starts now: until it answers there is time for something else. */
  readonly onLaunch?: () => void
}

export interface RunningServer {
  readonly address: string
  readonly uiAddress: string | undefined
  readonly namespace: string
  readonly pid: number
  /** It ran already, started by another process. */
  readonly joined: boolean
  /** This process needs the server no longer; returns when it is stopped, unless other processes still use it. */
  stop(): Promise<void>
}

const defaultPort = 7233
const defaultUiPort = 8233
const namespace = 'default'
const retentionDays = 90
const graceMs = 10_000

/** Starts the server of `dataDir`, or joins the one that runs. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = resolve(options.dataDir ?? '.tranship')
  await mkdir(join(dataDir, 'users'), { recursive: true })
  await writeFile(join(dataDir, '.gitignore'), '*\n')
  const waiting = (): void => options.onProgress?.('Another process is starting this folder\'s Temporal server: waiting for it.')
  return withLock(lockFile(dataDir), () => joinOrLaunch(dataDir, options), waiting)
}

const lockFile = (dataDir: string): string => join(dataDir, 'server.lock')

async function joinOrLaunch(dataDir: string, options: ServerOptions): Promise<RunningServer> {
  const live = await readLiveNote(dataDir)
  const note = live ?? (await launch(dataDir, options))
  const user = await registerUser(dataDir)
  const { address, ui, pid } = note
  const stop = (): Promise<void> => withLock(lockFile(dataDir), () => leaveServer(dataDir, user, note))
  return { address, uiAddress: ui ?? undefined, namespace: note.namespace, pid, joined: live !== undefined, stop }
}

async function launch(dataDir: string, options: ServerOptions): Promise<ServerNote> {
  const { ip = '127.0.0.1', headless = false, onProgress, onLaunch } = options
  const program = await programFor(dataDir, { onProgress })
  const port = options.port ?? (await freePort(ip, defaultPort))
  const uiPort = headless ? undefined : (options.uiPort ?? (await freePort(ip, defaultUiPort)))
  const log = await open(join(dataDir, 'temporal.log'), 'a')
  const stdio: ['ignore', number, number] = ['ignore', log.fd, log.fd]
  try {
    const dbFile = dbFileIn(dataDir)
    const started = await launchDevServer({ program, dbFile, ip, port, uiPort, namespace, retentionDays, stdio, onLaunch })
    const note: ServerNote = { address: started.address, ui: started.uiAddress ?? null, pid: started.pid, namespace }
    await writeNote(dataDir, note)
    return note
  } catch (error) {
    throw new Error(`${(error as Error).message} Its log is ${join(dataDir, 'temporal.log')}.`, { cause: error })
  } finally {
    await log.close()
  }
}

let registered = 0

async function registerUser(dataDir: string): Promise<string> {
  const name = `${process.pid}-${++registered}`
  await writeFile(join(dataDir, 'users', name), '')
  return name
}

async function leaveServer(dataDir: string, user: string, { address, pid }: ServerNote): Promise<void> {
  await rm(join(dataDir, 'users', user), { force: true })
  if (await hasUsers(dataDir)) return
  if (isAlive(pid)) {
    await noteOpenJobs(dataDir, await countOpenJobs(address))
    await endGroup(pid, graceMs)
  }
  await forgetNote(dataDir, pid)
}

async function hasUsers(dataDir: string): Promise<boolean> {
  const names = await readdir(join(dataDir, 'users'))
  const live = names.filter((name) => isAlive(Number.parseInt(name, 10)))
  const gone = names.filter((name) => !live.includes(name))
  await Promise.all(gone.map((name) => rm(join(dataDir, 'users', name), { force: true })))
  return live.length > 0
}

/** Null when the server does not say. */
async function countOpenJobs(address: string): Promise<number | null> {
  const query = 'ExecutionStatus = "Running"'
  try {
    return await asking(address, async (connection) => {
      const count = () => connection.workflowService.countWorkflowExecutions({ namespace, query })
      return Number((await connection.withDeadline(Date.now() + 5_000, count)).count)
    })
  } catch {
    return null
  }
}
