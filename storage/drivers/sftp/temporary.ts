/** What puts and uploads left in a folder of the server. */
import { toBytes, toText } from '../../tree/names.ts'
import { isAbandoned, isTemporary, isUpload } from '../../tree/temporary.ts'
import { unlessMissing } from './folder.ts'
import { readDirectory } from './reader.ts'
import type { Session } from './session.ts'

/** Names of a folder that pass; read in chunks, as a folder may hold millions. */
async function namesIn(session: Session, path: string, passes: (name: string) => boolean): Promise<string[]> {
  const kept: string[] = []
  for await (const names of readDirectory(await session.bytes(), toBytes(path), undefined)) {
    kept.push(...names.map(({ raw }) => raw).filter(passes).map(toText))
  }
  return kept
}

export const temporariesIn = (session: Session, path: string): Promise<string[]> => namesIn(session, path, isTemporary)
export const everythingIn = (session: Session, path: string): Promise<string[]> => namesIn(session, path, () => true)

/** Removes what killed processes of this machine were writing in a folder, and uploads that were cut off after their end. */
export async function sweep(session: Session, path: string): Promise<void> {
  for (const name of await temporariesIn(session, path)) {
    if (isUpload(name) && (await isOver(session, `${path}/${name}`))) await removeUpload(session, `${path}/${name}`)
    else if (isAbandoned(name)) await session.unlink(`${path}/${name}`)
  }
}

/** An upload begins with `data` and ends by giving it away. */
async function isOver(session: Session, upload: string): Promise<boolean> {
  const names = await everythingIn(session, upload)
  return names.includes('upload.json') && !names.includes('data')
}

/** `data` first: without it the rest is swept by whoever comes later. What is not there is removed already. */
export async function removeUpload(session: Session, upload: string): Promise<void> {
  await session.unlink(`${upload}/data`).catch(unlessMissing)
  const names = (await everythingIn(session, upload).catch(unlessMissing)) ?? []
  await Promise.all(names.map((name) => session.unlink(`${upload}/${name}`).catch(unlessMissing)))
  await session.rmdir(upload).catch(unlessMissing)
}
