/** One Temporal dev server as a process of its own, until it answers. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { isListening } from '../client/listening.ts'
import { ensureSearchAttributes } from '../client/search-attributes.ts'
import { searchAttributeNames, searchAttributes } from '../model/search-attributes.ts'
import { asking } from './asking.ts'
import { killGroup } from './process.ts'

/** Jobs take turns however many batches each has waiting: `fairnessKey` of a batch is its job. Turns are kept within a partition of a queue, so there is one. */
export const fairness = { 'matching.enableFairness': true, 'matching.numTaskqueueWritePartitions': 1 }
const answersWithinMs = 60_000
const lookEveryMs = 20
const probeMs = 1_000
const msADay = 86_400_000

export interface DevServerOptions {
  readonly program: string
  readonly dbFile: string
  readonly ip: string
  readonly port: number
  /** Absent: no Web UI. */
  readonly uiPort?: number
  readonly namespace: string
  readonly retentionDays: number
  readonly dynamicConfig?: Readonly<Record<string, unknown>>
  readonly stdio?: SpawnOptions['stdio']
  /** How the process is started; by default detached, so that Ctrl-C reaches only its starter. */
  readonly start?: (program: string, args: readonly string[]) => ChildProcess
  /** The process runs and does not answer yet. */
  readonly onLaunch?: () => void
}

export interface DevServer {
  readonly address: string
  readonly uiAddress: string | undefined
  readonly pid: number
}

/** Returns once the namespace answers and has its search attributes. Fails, leaving no process, if it does not. */
export async function launchDevServer(options: DevServerOptions): Promise<DevServer> {
  const { ip, port, uiPort } = options
  const child = (options.start ?? startDetached(options.stdio))(options.program, toArguments(options))
  const address = `${ip}:${port}`
  options.onLaunch?.()
  try {
    await untilReady(child, address, options)
  } catch (error) {
    killGroup(child.pid, 'SIGKILL')
    throw error
  }
  return { address, uiAddress: uiPort === undefined ? undefined : `http://${ip}:${uiPort}`, pid: child.pid as number }
}

const startDetached = (stdio: SpawnOptions['stdio'] = 'ignore') => (program: string, args: readonly string[]): ChildProcess => {
  const child = spawn(program, args, { stdio, detached: true })
  child.unref()
  return child
}

function toArguments({ dbFile, ip, port, uiPort, namespace, dynamicConfig = {} }: DevServerOptions): string[] {
  const attributes = searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=${searchAttributes[name]}`])
  const toSetting = ([key, value]: [string, unknown]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]
  const settings = Object.entries({ ...fairness, ...dynamicConfig }).flatMap(toSetting)
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']
  const log = ['--log-level', 'error', '--log-format', 'json', '--disable-config-file', '--disable-config-env']
  const where = ['--ip', ip, '--port', String(port), '--db-filename', dbFile, '--namespace', namespace]
  return ['server', 'start-dev', ...where, ...ui, ...log, ...attributes, ...settings]
}

async function untilReady(child: ChildProcess, address: string, { namespace, retentionDays }: DevServerOptions): Promise<void> {
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  await Promise.race([failed, poll(child, address, namespace, retentionDays)])
}

async function poll(child: ChildProcess, address: string, namespace: string, retentionDays: number): Promise<void> {
  const deadline = Date.now() + answersWithinMs
  // gRPC tries again only after a second where nobody listened.
  await until(() => isListening(address, probeMs), { child, address, deadline })
  await asking(address, async (connection) => {
    await until(() => answers(connection, namespace), { child, address, deadline })
    const workflowExecutionRetentionTtl = msToTs(retentionDays * msADay)
    await Promise.all([
      connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } }),
      ensureSearchAttributes(connection, namespace),
    ])
  })
}

interface Awaited {
  readonly child: ChildProcess
  readonly address: string
  readonly deadline: number
}

async function until(holds: () => Promise<boolean>, { child, address, deadline }: Awaited): Promise<void> {
  while (!(await holds())) {
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null) throw new Error(`Temporal's server ended before it answered (${ended}).`)
    if (Date.now() > deadline) throw new Error(`Temporal's server at ${address} did not answer in time.`)
    await delay(lookEveryMs)
  }
}

async function answers(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.describeNamespace({ namespace }))
    return true
  } catch {
    return false
  }
}

/** A free port, `preferred` if it is. Somebody else may take it before it is used. */
export function freePort(ip: string, preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (preferred !== 0 && error.code === 'EADDRINUSE') resolve(freePort(ip))
      else reject(error)
    })
    server.listen({ host: ip, port: preferred, exclusive: true }, () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
