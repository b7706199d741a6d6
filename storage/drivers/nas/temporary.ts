/** What puts and uploads left in a folder. */
import { opendir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAbandoned, isTemporary, isUpload } from '../../tree/temporary.ts'

/** Removes what killed processes of this machine were writing in a folder, and uploads that were cut off after their end. */
export async function sweep(folder: string): Promise<void> {
  await Promise.all((await temporariesIn(folder)).map((name) => sweepOne(join(folder, name), name)))
}

/** Read as a stream: a folder may hold millions of names. */
export async function temporariesIn(folder: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of await opendir(folder, { bufferSize: 1_024 })) if (isTemporary(name)) names.push(name)
  return names
}

async function sweepOne(path: string, name: string): Promise<void> {
  if (isUpload(name) ? await isOver(path) : isAbandoned(name)) await rm(path, { recursive: true, force: true })
}

/** An upload begins with `data` and ends by giving it away. */
async function isOver(upload: string): Promise<boolean> {
  const names = await readdir(upload)
  return names.includes('upload.json') && !names.includes('data')
}
