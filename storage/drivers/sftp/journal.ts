/** Which parts an upload holds: an empty file in its folder for each, whose name says it all. Nothing to append to, nothing to tear. */
import type { Part } from '../../storage.ts'
import { latestParts, type PartRecord } from '../../tree/parts.ts'
import { openFlags, type Session } from './session.ts'
import { everythingIn } from './temporary.ts'

const pattern = /^(\d+)\.(\d+)\.([0-9a-f]+)\.(\d+)\.part$/

export async function recordPart(session: Session, upload: string, { number, size, etag }: Part): Promise<void> {
  const name = `${number}.${size}.${etag}.${Date.now()}.part`
  await session.close(await session.open(`${upload}/${name}`, openFlags.createNew))
}

export async function readParts(session: Session, upload: string): Promise<Part[]> {
  return latestParts((await everythingIn(session, upload)).flatMap(parseName))
}

function parseName(name: string): PartRecord[] {
  const [, number, size, etag = '', atMs] = pattern.exec(name) ?? []
  return number === undefined ? [] : [{ number: Number(number), size: Number(size), etag, atMs: Number(atMs) }]
}
