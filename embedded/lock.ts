import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './process.ts'

const beatMs = 2_000
const staleMs = 30_000
const lookEveryMs = 250

/**
 * Runs `work` while this process holds the lock file, which is removed afterwards. Others wait; `onWait` is called once when this
 * process has to. A holder that died without removing the file (its pid is gone, or the file was not touched for 30 s) loses it.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  const claim = `${process.pid} ${hostname()} ${randomUUID()}`
  if (!(await take(file, claim))) {
    onWait?.()
    while (!(await take(file, claim))) await delay(lookEveryMs)
  }
  const beat = setInterval(() => void touch(file), beatMs)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await removeClaim(file, claim)
  }
}

async function take(file: string, claim: string): Promise<boolean> {
  try {
    await writeFile(file, claim, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const stale = await staleClaim(file)
    if (stale !== undefined) await removeClaim(file, stale)
    return false
  }
}

/** What stands in the file, when its holder is gone. */
async function staleClaim(file: string): Promise<string | undefined> {
  try {
    const [claim, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)])
    const [pid, host] = claim.split(' ')
    const isGone = Date.now() - mtimeMs > staleMs || (host === hostname() && !isAlive(Number(pid)))
    return isGone ? claim : undefined
  } catch {
    return undefined
  }
}

/** Moved away first and looked at then: a claim that somebody else made in the meantime is put back. */
async function removeClaim(file: string, claim: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if ((await readFile(aside, 'utf8')) !== claim) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}

async function touch(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined)
}
