/** A real Temporal server of the tests' own: killed and started again on the same data and port when a test wants it. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { launchDevServer } from '../../embedded/dev-server.ts'
import { findTemporal } from '../../embedded/temporal-program.ts'
import { end, freePort, start, temporaryFolder } from './processes.ts'

export interface TemporalServerOptions {
  /** For limits made small: `{ 'limit.historyCount.suggestContinueAsNew': 50 }`. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>
}

export interface TemporalServer {
  readonly address: string
  readonly namespace: string
  readonly pid: number
  /** kill -9, and wait until it is gone. Its data stays. */
  kill(): Promise<void>
  /** Starts it again on the same data and port, and waits until it answers. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Ports that are free when they are looked for may be taken a moment later: by another lane, or by a connection. */
const mostStarts = 3

async function anew(times: number, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (times <= 1) throw error
    await anew(times - 1, act)
  }
}

export async function startTemporalServer({ dynamicConfig = {} }: TemporalServerOptions = {}): Promise<TemporalServer> {
  const program = await findTemporal({ onProgress: (line) => console.error(line) })
  const dbFile = join(temporaryFolder('temporal'), 'temporal.db')
  const ip = '127.0.0.1'
  let port = 0
  const namespace = 'default'
  const output = process.env['SHOW_SERVERS'] ? 'inherit' : 'ignore'
  let child: ChildProcess | undefined
  const launch = async (): Promise<void> => {
    const tied = (path: string, args: readonly string[]) => (child = start(path, args, { output }))
    await launchDevServer({ program, dbFile, ip, port, namespace, retentionDays: 1, dynamicConfig, start: tied })
  }
  const kill = async (): Promise<void> => {
    if (child) await end(child, 'SIGKILL')
  }
  await anew(mostStarts, async () => {
    port = await freePort(ip)
    await launch()
  })
  return {
    address: `${ip}:${port}`, namespace, kill, restart: launch, stop: kill,
    get pid() {
      return child?.pid ?? 0
    },
  }
}
