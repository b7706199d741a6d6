/**
 * Archived files, where they are to be restored: asked for when a read is refused, then looked at once in each turn of the batch
 * until they can be read. Nothing waits for them here.
 */
import type { Entry, Outcome } from '../ledger/entry.ts'
import { mostRestoringMs } from '../model/restore-wait.ts'
import type { BatchBook } from './batch-book.ts'
import { copyObject } from './copy-object.ts'
import type { Engine } from './engine.ts'
import { atSource, CopyFault, isCopyFault } from './fault.ts'
import { headSource } from './look.ts'
import { giveUp } from './open-upload.ts'

export async function copyOrRestore(engine: Engine, book: BatchBook, entry: Entry): Promise<Outcome | 'restoring'> {
  const { key } = entry
  const since = book.restoringSince(key)
  if (since === undefined) return await copyUnlessArchived(engine, book, entry, engine.now())
  const { archived } = await headSource(engine, key)
  if (archived === undefined) return await copyUnlessArchived(engine, book, entry, since)
  assertMayWait(engine, since)
  if (archived === 'archived') await restore(engine, key)
  book.awaitRestored(key, since)
  return 'restoring'
}

async function copyUnlessArchived(engine: Engine, book: BatchBook, entry: Entry, since: number): Promise<Outcome | 'restoring'> {
  try {
    return await copyObject(engine, entry)
  } catch (error) {
    if (!isCopyFault(error, 'Archived') || engine.options.restoreDays === undefined || !engine.source.archive) throw error
    assertMayWait(engine, since)
    await giveUp(engine, entry.key)
    await restore(engine, entry.key)
    book.awaitRestored(entry.key, since)
    return 'restoring'
  }
}

function assertMayWait({ now }: Engine, since: number): void {
  if (now() - since < mostRestoringMs) return
  throw new CopyFault('Archived', 'The object was asked to be restored a week ago, and still cannot be read.', 'source')
}

async function restore({ source, options, pool, signal }: Engine, key: string): Promise<void> {
  const { archive } = source
  const { restoreDays: days } = options
  if (archive && days !== undefined) await pool.run(() => atSource(archive.restore(key, { days, signal })), { signal })
}
