import { assertGoing } from '../../cancel.ts'
import { StorageError } from '../../error.ts'
import type { Body, PutResult } from '../../storage.ts'
import { isUnsupported, status, statusOf } from './error.ts'
import { etagOf, toSeconds } from './info.ts'
import type { Handle, Session } from './session.ts'

/** With what stands before them one packet of SSH, of 32 KiB, and less than ssh2 would split; every server takes as much. */
const chunkBytes = 31 * 1024
const chunksInFlight = 64

/** Many writes in flight; all are answered when it ends, also when it fails. */
export async function writeAt(session: Session, handle: Handle, body: Body, position: number, signal?: AbortSignal): Promise<void> {
  const inFlight: Promise<void>[] = []
  try {
    for (const { bytes, at } of slices(body, position)) {
      if (inFlight.length >= chunksInFlight) await inFlight.shift()
      assertGoing(signal)
      const written = session.write(handle, bytes, at)
      written.catch(() => {})
      inFlight.push(written)
    }
    await Promise.all(inFlight)
  } finally {
    await Promise.allSettled(inFlight)
  }
}

function* slices(body: Body, position: number): Iterable<{ readonly bytes: Buffer; readonly at: number }> {
  let at = position
  for (const chunk of body) {
    for (let done = 0; done < chunk.length; done += chunkBytes) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset + done, Math.min(chunkBytes, chunk.length - done))
      yield { bytes, at: at + done }
    }
    at += chunk.length
  }
}

/** Sets the time, brings everything to the disk where the server can, and tells what the file is now. */
export async function seal(session: Session, handle: Handle, mtimeMs: number | undefined): Promise<PutResult> {
  if (mtimeMs !== undefined) await session.setTime(handle, toSeconds(mtimeMs))
  const [facts] = await Promise.all([session.fstat(handle), sync(session, handle)])
  return { etag: etagOf(facts), hashes: {} }
}

export async function sync(session: Session, handle: Handle): Promise<void> {
  await session.sync(handle).catch((error: unknown) => {
    if (!isUnsupported(error)) throw error
  })
}

/** OpenSSH says of a full disk only that it failed: then the server is asked what is free. Quotas show in neither. */
export async function whenFull(session: Session, dir: string, wanted: number, error: unknown): Promise<unknown> {
  if (statusOf(error) !== status.FAILURE) return error
  const space = await session.space(dir).catch(() => undefined)
  if (!space || (space.bytes >= Math.max(wanted, 1) && space.files !== 0)) return error
  return new StorageError(`There is no space left: ${space.bytes} bytes and ${space.files} files are free.`, { kind: 'full', cause: error })
}
