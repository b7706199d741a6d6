import { expect } from 'vitest'
import { awaitUntil } from '../../support/await-until.ts'
import type { Bench, Check } from '../suite.ts'
import { expectFailure, put, readText } from '../tools.ts'

function archive({ storage, target: { quirks, archiveClass }, skip }: Bench) {
  if (!storage.archive) return skip('there are no archives')
  if (quirks?.archives) return skip(quirks.archives)
  if (archiveClass === undefined) throw new Error('The target names no archive class')
  return { group: storage.archive, storageClass: archiveClass }
}

export function archiveCases(check: Check): void {
  check('archive: an archived object is seen but not read, until it is restored', async (bench) => {
    const { group, storageClass } = archive(bench)
    const { storage } = bench
    await put(storage, 'key', 'frozen', { storageClass })
    expect(await storage.head('key')).toMatchObject({ size: 6, archived: 'archived' })
    await expectFailure(readText(storage, 'key'), 'archived')
    await group.restore('key', { days: 1 })
    expect(await storage.head('key')).toMatchObject({ archived: 'restoring' })
    await group.restore('key', { days: 1 })
    await awaitUntil(async () => (await storage.head('key')).archived === undefined, { what: 'restored' })
    expect(await readText(storage, 'key')).toBe('frozen')
  })

  check('archive: nothing else is archived', async (bench) => {
    archive(bench)
    await put(bench.storage, 'key', 'x')
    expect((await bench.storage.head('key')).archived).toBeUndefined()
  })

  check('archive: what is not there cannot be restored', async (bench) => {
    const { group } = archive(bench)
    await expectFailure(group.restore('missing', { days: 1 }), 'not-found')
  })
}
