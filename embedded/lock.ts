import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './process.ts'

const beatMs = 2_000
const staleMs = 30_000

/**
 * Runs `work` while this process holds the lock file, which is removed afterwards. Others wait; `onWait` is called once when this
 * process has to. A holder that died without removing the file (its pid is gone, or the file was not touched for 30 s) loses it.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  if (!(await take(file))) {
    onWait?.()
    while (!(await take(file))) await delay(250)
  }
  const beat = setInterval(() => void touch(file), beatMs)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid} ${hostname()}`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (await isStale(file)) await rm(file, { force: true })
    return false
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)])
    const [pid, host] = text.split(' ')
    if (Date.now() - mtimeMs > staleMs) return true
    return host === hostname() && !isAlive(Number(pid))
  } catch {
    return false
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined)
}
