import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { withLock } from '../../embedded/lock.ts'
import { temporaryFolder } from '../support/processes.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = temporaryFolder('lock')
  file = join(folder, 'lock')
})

/** Eight at once; the most that were ever inside together. */
async function mostInside(): Promise<number> {
  let inside = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    for (let turn = 0; turn < 20; turn++) await nextTurn()
    inside--
  }
  await Promise.all(Array.from({ length: 8 }, () => withLock(file, work)))
  return most
}

describe('a lock file', () => {
  it('lets one in at a time, and is gone afterwards', async () => {
    expect(await mostInside()).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over, by one, from a process that died', async () => {
    writeFileSync(file, `4194305 ${hostname()} left`)
    expect(await mostInside()).toBe(1)
  })

  it('is taken over from another machine that has not touched it for 30 s', async () => {
    writeFileSync(file, '1 elsewhere left')
    const past = new Date(Date.now() - 31_000)
    utimesSync(file, past, past)
    expect(await mostInside()).toBe(1)
  })

  it('is released when the work fails', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(file)).toBe(false)
  })
})
