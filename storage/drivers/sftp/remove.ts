import { reportFolder } from '../../../model/report-row.ts'
import { isStorageError } from '../../error.ts'
import type { CallOptions } from '../../storage.ts'
import { keyFault, parentOf } from '../../tree/key.ts'
import { toBytes } from '../../tree/names.ts'
import { isNotThere, type Folder } from './folder.ts'
import type { Session } from './session.ts'

/**
 * Removes a file, or a folder (`name/`) that is empty. Folders that become empty stay, as they are the user's; only those
 * below the report folder, which our own files made, go with their last file.
 */
export async function deleteFile(folder: Folder, key: string, { signal }: CallOptions = {}): Promise<void> {
  if (keyFault(key)) return
  await folder.with(key, signal, async (session) => {
    try {
      await folder.assertInside(session, parentOf(key))
      await removeOne(folder, session, key)
    } catch (error) {
      if (!isNotThere(error) && !isStorageError(error, 'not-a-file')) throw error
      if (await folder.isMissing(session)) throw folder.missing()
    }
    if (key.startsWith(reportFolder)) await removeEmptyParents(folder, session, parentOf(key))
  })
}

/** Servers do not say why they fail: a folder under a file's name, or one that is not empty, stays and that is no fault. */
async function removeOne(folder: Folder, session: Session, key: string): Promise<void> {
  const path = folder.at(key)
  try {
    await (key.endsWith('/') ? session.rmdir(path) : session.unlink(path))
  } catch (error) {
    if (isNotThere(error) || (await session.lstat(path)).kind !== 'directory' || (key.endsWith('/') && !(await isFull(session, path)))) throw error
  }
}

async function isFull(session: Session, path: string): Promise<boolean> {
  const bytes = await session.bytes()
  const handle = await bytes.opendir(toBytes(path))
  try {
    for (let names = await bytes.readdir(handle); names; names = await bytes.readdir(handle)) {
      if (names.some(({ raw }) => raw !== '.' && raw !== '..')) return true
    }
    return false
  } finally {
    bytes.close(handle).catch(() => {})
  }
}

async function removeEmptyParents(folder: Folder, session: Session, dir: string): Promise<void> {
  for (let at = dir; at.startsWith(reportFolder); at = parentOf(at)) {
    folder.forget(at)
    try {
      await session.rmdir(folder.at(at))
    } catch (error) {
      if (!isNotThere(error)) return
    }
  }
}
