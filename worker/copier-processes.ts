/** The copy processes of a host: started, replaced when one dies, drained together. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FromCopier, ToCopier } from './copier-messages.ts'
import type { HostFlow } from './flow/host-flow.ts'
import type { Copier } from './flow/job-flow.ts'
import type { WorkerSettings } from './workers.ts'

const entry = fileURLToPath(new URL(`./copier.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
const restartAfterMs = 1_000
/** V8 lets garbage grow with the machine's memory, not with what is needed. */
const heap = ['--max-old-space-size=384', '--initial-old-space-size=96', '--max-semi-space-size=16', '--report-exclude-env']
/** Node's four threads for files are too few for a share. */
const fileThreads = { UV_THREADPOOL_SIZE: '16' }

export interface CopierProcesses {
  readonly pids: readonly number[]
  /** Ends each at its next piece; what is left undone goes to other workers. */
  drain(): Promise<void>
}

export async function startCopierProcesses(settings: WorkerSettings, count: number, flow: HostFlow): Promise<CopierProcesses> {
  const children = new Set<ChildProcess>()
  let draining = false
  const { onWarning: _, ...plain } = settings

  const start = async (): Promise<void> => {
    const child = fork(entry, [], { execArgv: [...process.execArgv, ...heap], serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...fileThreads, ...process.env } })
    children.add(child)
    const copier: Copier = { allow: (allowed) => tell(child, { kind: 'allow', allowed }) }
    child.on('message', (message: FromCopier) => {
      if (message.kind === 'begin') flow.begin(copier, message.job)
      else if (message.kind === 'report') flow.report(copier, message.uses)
    })
    child.once('exit', () => {
      children.delete(child)
      flow.report(copier, [])
      if (!draining) void restart()
    })
    child.on('error', () => undefined) // It died before it could be told something: that is what 'exit' is for.
    child.send(plain)
    await Promise.race([once(child, 'message'), once(child, 'exit')]).catch(() => undefined)
  }
  const restart = async (): Promise<void> => {
    await delay(restartAfterMs)
    if (!draining) await start()
  }

  await Promise.all(Array.from({ length: count }, start))
  return {
    get pids() {
      return [...children].flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
    },
    async drain() {
      draining = true
      await Promise.all([...children].map(drainOne))
    },
  }
}

async function drainOne(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  tell(child, { kind: 'drain' })
  await ended
}

function tell(child: ChildProcess, message: ToCopier): void {
  if (child.connected) child.send(message, () => undefined)
}
