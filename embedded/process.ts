import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Whether a process of this pid runs on this machine; one that has ended and waits for its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return !isZombie(pid)
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}

/** Signals a process group by its leader's pid; one that is gone is fine. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Asks a process group to end, kills it after `graceMs`, and returns when its leader is gone. */
export async function endGroup(pid: number, graceMs: number): Promise<void> {
  killGroup(pid, 'SIGTERM')
  const killAt = Date.now() + graceMs
  while (isAlive(pid)) {
    if (Date.now() > killAt) killGroup(pid, 'SIGKILL')
    await delay(50)
  }
  killGroup(pid, 'SIGKILL')
}
