/** Begins a multipart upload, goes on with one that an earlier attempt left, or gives one up. */
import type { Entry, OpenUpload } from '../ledger/entry.ts'
import { isStorageError } from '../storage/error.ts'
import type { CopyPart, Multipart, ObjectInfo, Part, Storage, UploadRef } from '../storage/storage.ts'
import type { Engine, Expected } from './engine.ts'
import { atDestination, CopyFault, isCopyFault } from './fault.ts'
import { sendStored, toStored } from './stored.ts'
import { tryPiece } from './try-piece.ts'

export interface PartsTask {
  readonly entry: Entry
  readonly info: ObjectInfo
  readonly partBytes: number
  readonly expected: Expected
  readonly multipart: Multipart
  /** The store copies the parts itself. */
  readonly direct?: CopyPart
  /** Parts are larger than memory holds. */
  readonly long?: true
  /** An upload of this file was given up before. */
  readonly again?: true
}

export async function openUpload(engine: Engine, task: PartsTask): Promise<OpenUpload> {
  const found = await resume(engine, task)
  return typeof found === 'object' ? found : await begin(engine, { ...task, ...(found === 'changed' && { again: true }) })
}

async function begin(engine: Engine, { entry, info, partBytes, multipart, long, again }: PartsTask): Promise<OpenUpload> {
  const described = { ...info, storageClass: info.storageClass ?? entry.storageClass }
  let mayBeLeft = engine.followsOthers
  const create = async () => {
    const stored = await toStored(engine, info.key, described)
    if (mayBeLeft) await abortUnknown(engine, multipart, info.key)
    mayBeLeft = true
    return await sendStored(engine, stored, async ({ metadata, storageClass, tags, acl, dropped }) => {
      const options = { metadata, storageClass, tags, acl, size: info.size, partBytes, ...(long && { long }), signal: engine.signal }
      return { upload: await atDestination(multipart.create(info.key, options)), dropped }
    })
  }
  const inPool = <T>(call: () => Promise<T>): Promise<T> => engine.pool.run(call, { signal: engine.signal })
  const { upload, dropped } = await tryPiece(engine, info.key, () => inPool(create)).catch(async (error: unknown) => {
    if (mayBeLeft) await inPool(() => abortUnknown(engine, multipart, info.key)).catch(unlessRefused)
    throw error
  })
  const { size, mtimeMs, etag } = info
  const open: OpenUpload = { key: info.key, upload, size, mtimeMs, etag, parts: [], verified: true, dropped, ...(long && { long }), ...(again && { again }) }
  await engine.uploads.open(open)
  return open
}

function unlessRefused(error: unknown): void {
  if (!isStorageError(error) && !isCopyFault(error)) throw error
}

/** The answer to a beginning may be lost, and a crash may come before the checkpoint: nobody knows such an upload but the store. */
async function abortUnknown({ destination, signal }: Engine, multipart: Multipart, key: string): Promise<void> {
  const uploads = await atDestination(multipart.listUploads(key, { signal }))
  for (const upload of uploads) await abortUpload(destination, upload, signal)
}

/** A part counts when the store *and* the ledger have it: the store may have lost it, and only we know its checksum. */
async function resume(engine: Engine, { info, multipart, direct }: PartsTask): Promise<OpenUpload | 'changed' | 'none'> {
  const open = engine.uploads.find(info.key)
  if (open === undefined) return 'none'
  const isSame = isSameVersion(open, info)
  if (!isSame && open.again) throw new CopyFault('SourceChanged', 'The object was changed again while it was read.', 'source')
  const fits = direct !== undefined || open.long || open.upload.partBytes <= engine.pieces.mostBytes
  const held = fits && isSame ? await heldParts(engine, multipart, open.upload) : undefined
  if (held === undefined) {
    await giveUp(engine, info.key)
    return isSame ? 'none' : 'changed'
  }
  if (open.fault) throw new CopyFault(open.fault.code, open.fault.description, 'source')
  const parts = open.parts.filter((part) => isHeld(held, part))
  const kept = { ...open, parts }
  if (parts.length < open.parts.length) await engine.uploads.open(kept)
  return kept
}

function isSameVersion(open: OpenUpload, { size, mtimeMs, etag }: ObjectInfo): boolean {
  return open.size === size && open.mtimeMs === mtimeMs && open.etag === etag
}

const isHeld = (held: readonly Part[], { number, size, etag }: Part): boolean =>
  held.some((part) => part.number === number && part.size === size && part.etag === etag)

async function heldParts({ pool, signal }: Engine, multipart: Multipart, upload: UploadRef): Promise<Part[] | undefined> {
  try {
    return await pool.run(() => atDestination(multipart.listParts(upload, { signal })), { signal })
  } catch (error) {
    if (isCopyFault(error) && error.storage?.kind === 'no-upload') return undefined
    throw error
  }
}

/** Aborts what is open under this key and forgets it. */
export async function giveUp(engine: Pick<Engine, 'destination' | 'uploads' | 'signal'>, key: string): Promise<void> {
  const open = engine.uploads.find(key)
  if (open === undefined) return
  engine.uploads.close(key)
  await abortUpload(engine.destination, open.upload, engine.signal)
}

/** Best effort: what cannot be aborted is found again by a later job of the name. */
export async function abortUpload(destination: Storage, upload: UploadRef, signal: AbortSignal): Promise<void> {
  try {
    await destination.multipart?.abort(upload, { signal })
  } catch (error) {
    if (!isStorageError(error) || error.kind === 'aborted') throw error
  }
}
