/**
 * Processes and folders that end with the tests. Each process leads a group of its own and is tied to this one by a pipe: when
 * this process ends, however it ends (kill -9 included), a watcher in the group sees the pipe close and kills the whole group.
 * Another watcher then removes the folders, and first ends the servers that commands started in them.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

export { freePort } from '../../embedded/dev-server.ts'

const watcher = 'exec 3<&0; (cat <&3 >/dev/null 2>&1; kill -KILL -$$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-'
const sweeper = `folders=$(cat)
printf '%s\\n' "$folders" | while IFS= read -r folder; do
  find "$folder" -maxdepth 4 -path '*/.tranship/server.json' -exec sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p' {} +
done | while IFS= read -r pid; do kill -KILL "-$pid"; done
sleep 1
printf '%s\\n' "$folders" | while IFS= read -r folder; do rm -rf "$folder"; done`

const running = new Set<ChildProcess>()
let sweeping: Writable | undefined

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Where its standard output and error go; `pipe` to read them from the child. Default: ignored. */
  readonly output?: 'ignore' | 'inherit' | 'pipe'
}

/** Starts a program; `child.pid` is its own pid. It has no standard input. */
export function start(program: string, args: readonly string[], options: StartOptions = {}): ChildProcess {
  const { env, cwd, output = 'ignore' } = options
  const child = spawn('sh', ['-c', watcher, 'sh', program, ...args], {
    stdio: ['pipe', output, output],
    detached: true,
    env: env ?? process.env,
    cwd,
  })
  child.stdin?.on('error', () => undefined)
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.unref()
  return child
}

/** For a group that leads its own life (a detached server): killed when this process ends, however it ends. */
export function endWithTests(pid: number): void {
  const script = `cat >/dev/null; kill -KILL -${pid}`
  const watching = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  watching.unref()
}

/** Sends the signal to the whole group and waits until the process is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.ref()
  signalGroup(child, signal)
  await gone
}

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** A folder that is removed when this process ends. */
export function temporaryFolder(name = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), `tranship-${name}-`))
  sweeping ??= startSweeper()
  sweeping.write(`${folder}\n`)
  return folder
}

function startSweeper(): Writable {
  const child = spawn('sh', ['-c', sweeper], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  child.unref()
  return child.stdin
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

process.once('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL')
})
