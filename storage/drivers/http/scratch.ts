import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file on this machine that has no name any more: it goes when it is closed, or when the process ends, however it ends. */
export async function openScratch(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'tranship-list-'))
  try {
    return await open(join(folder, 'scratch'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true })
  }
}
