import { rmdir, unlink } from 'node:fs/promises'
import { reportFolder } from '../../../model/report-row.ts'
import type { CallOptions } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
import { codeOf } from './error.ts'
import { unless, type Folder } from './folder.ts'
import { keyFault, parentOf } from '../../tree/key.ts'

/**
 * Removes a file, or a folder (`name/`) that is empty. Folders that become empty stay, as they are the user's; only those
 * below the report folder, which our own files made, go with their last file.
 */
export async function deleteFile(folder: Folder, key: string, { signal }: CallOptions = {}): Promise<void> {
  assertGoing(signal)
  if (keyFault(key)) return
  await folder.guard(key, async () => {
    try {
      await folder.assertInside(parentOf(key))
      await removeOne(folder, key)
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error
      if (await folder.isMissing()) throw await folder.missing()
    }
    if (key.startsWith(reportFolder)) await removeEmptyParents(folder, parentOf(key))
  })
}

async function removeOne(folder: Folder, key: string): Promise<void> {
  if (key.endsWith('/')) await rmdir(folder.at(key)).catch(unless('ENOTEMPTY', 'EEXIST'))
  else await unlink(folder.at(key)).catch(unless('EISDIR'))
}

async function removeEmptyParents(folder: Folder, dir: string): Promise<void> {
  for (let at = dir; at.startsWith(reportFolder); at = parentOf(at)) {
    folder.forget(at)
    try {
      await rmdir(folder.at(at))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return
    }
  }
}
