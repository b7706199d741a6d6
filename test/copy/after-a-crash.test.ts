import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import type { OverwriteRule } from '../../model/job.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { openNas } from '../../storage/drivers/nas/driver.ts'
import { temporaryFolder } from '../support/processes.ts'
import { entriesOf, jobOptions, KiB, put, read, rig, someBytes } from './support.ts'

/** A file in one piece and one in parts. The folder states no hash that could prove whose they are. */
const sizes = { small: 1 * KiB, large: 150 * KiB }

/** A worker brought both and died before it recorded so; `followsOthers` is what its successor knows. */
async function succeed(followsOthers: boolean, overwrite: OverwriteRule = 'when-different') {
  const source = openMemory()
  for (const [key, size] of Object.entries(sizes)) await put(source, key, someBytes(size))
  const path = join(temporaryFolder('folder'), 'destination')
  await mkdir(path)
  const destination = openNas({ vendor: 'nas', path })
  const task = { source, destination, entries: await entriesOf(source), options: jobOptions({ overwrite }) }
  await copyBatch(rig(task))
  const { counts } = await copyBatch(rig({ ...task, followsOthers }))
  for (const [key, size] of Object.entries(sizes)) expect((await read(destination, key)).equals(someBytes(size))).toBe(true)
  return { completed: counts.completed.files, skipped: counts.skipped.files, failed: counts.failed.files }
}

describe('files that appeared at the destination after the listing, as large and as old as the source\'s', () => {
  it('are copied, not skipped, where a worker died that may have brought them', async () => {
    expect(await succeed(true)).toEqual({ completed: 2, skipped: 0, failed: 0 })
    expect(await succeed(true, 'if-newer')).toEqual({ completed: 2, skipped: 0, failed: 0 })
  })

  it('are left alone where nobody of ours was there before, or none may be overwritten', async () => {
    expect(await succeed(false)).toEqual({ completed: 0, skipped: 2, failed: 0 })
    expect(await succeed(true, 'never')).toEqual({ completed: 0, skipped: 2, failed: 0 })
  })
})
