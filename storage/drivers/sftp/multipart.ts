/**
 * An upload is a folder beside its target: the bytes so far at their places in `data`, a journal of finished parts, and
 * `upload.json`. Completing it gives `data` the target's name.
 */
import type { Body, CompleteOptions, CreateUploadOptions, LongBody, Multipart, Part, PutResult, UploadRef } from '../../storage.ts'
import { isStorageError } from '../../error.ts'
import { assertKey, keyFault, parentOf, unsupported } from '../../tree/key.ts'
import { assertComplete, newPart, noUpload, sizeOf, sizeOfParts } from '../../tree/parts.ts'
import { isUploadId, newUploadId, uploadIdsFor, uploadName } from '../../tree/temporary.ts'
import { isNotThere, unlessMissing, type Folder } from './folder.ts'
import { readParts, recordPart } from './journal.ts'
import { seal, sync, whenFull, writeAt } from './pour-in.ts'
import { openFlags, type Handle, type Session } from './session.ts'
import { removeUpload, temporariesIn } from './temporary.ts'
import { assertNoFolder, type Writer } from './write.ts'

export function openMultipart(folder: Folder, writer: Writer): Multipart {
  const uploads = new Uploads(folder, writer)
  return {
    create: (key, options) => uploads.create(key, options),
    putPart: (upload, number, body, options) => uploads.putPart(upload, number, body, sizeOf(body), options?.signal),
    putLongPart: (upload, number, body, options) => uploads.putPart(upload, number, body, body.size, options?.signal),
    listParts: (upload, options) => uploads.listParts(upload, options?.signal),
    complete: (upload, parts, options) => uploads.complete(upload, parts, options),
    abort: (upload, options) => uploads.abort(upload, options?.signal),
    listUploads: (key, options) => uploads.listUploads(key, options?.signal),
  }
}

type Signal = AbortSignal | undefined

class Uploads {
  readonly #folder: Folder
  readonly #writer: Writer

  constructor(folder: Folder, writer: Writer) {
    this.#folder = folder
    this.#writer = writer
  }

  async create(key: string, { partBytes, signal }: CreateUploadOptions): Promise<UploadRef> {
    assertKey(key)
    if (key.endsWith('/')) throw unsupported(key, 'it ends in "/" and has bytes, and a folder has none')
    return await this.#folder.with(key, signal, async (session) => {
      await this.#writer.prepare(session, key)
      await assertNoFolder(session, this.#folder.at(key), key)
      const upload = { key, uploadId: newUploadId(nameOf(key)), partBytes }
      const path = this.#path(upload)
      await this.#writer.inFolder(session, parentOf(key), () => session.mkdir(path))
      await writeNew(session, `${path}/data`, [])
      await writeNew(session, `${path}/upload.json`, [Buffer.from(JSON.stringify(upload))])
      return upload
    })
  }

  async putPart(upload: UploadRef, number: number, body: Body | LongBody, size: number, signal: Signal): Promise<Part> {
    const part = newPart(upload, number, size)
    return await this.#within(upload, signal, async (session, path) => {
      await writePart(session, path, { body, size, position: (number - 1) * upload.partBytes }, signal)
      await recordPart(session, path, part)
      return part
    })
  }

  async listParts(upload: UploadRef, signal: Signal): Promise<Part[]> {
    return await this.#within(upload, signal, partsIn)
  }

  async complete(upload: UploadRef, parts: readonly Part[], options: CompleteOptions & { readonly signal?: AbortSignal }): Promise<PutResult> {
    return await this.#within(upload, options.signal, async (session, path) => {
      assertComplete(upload, parts, await partsIn(session, path))
      const result = await finish(session, `${path}/data`, sizeOfParts(parts), options.mtimeMs)
      await this.#writer.place(session, `${path}/data`, upload.key, options)
      await removeUpload(session, path)
      return result
    })
  }

  async abort(upload: UploadRef, signal: Signal): Promise<void> {
    if (!isUploadId(upload.uploadId) || keyFault(upload.key)) return
    await this.#within(upload, signal, async (session, path) => {
      if ((await session.lstat(path).catch(unlessMissing))?.kind === 'directory') await removeUpload(session, path)
    }).catch((error: unknown) => {
      if (!isStorageError(error, 'no-upload')) throw error
    })
  }

  async listUploads(key: string, signal: Signal): Promise<UploadRef[]> {
    if (keyFault(key)) return []
    return await this.#folder.with(key, signal, async (session) => {
      const dir = parentOf(key)
      const temporaries = await temporariesIn(session, this.#folder.at(dir) || '/').catch(unlessMissing)
      if (!temporaries && (await this.#folder.isMissing(session))) throw this.#folder.missing()
      const uploads = await Promise.all(uploadIdsFor(nameOf(key), temporaries ?? []).map((uploadId) => this.#read(session, { key, uploadId, partBytes: 0 })))
      return uploads.filter((upload) => upload.key === key)
    })
  }

  async #read(session: Session, upload: UploadRef): Promise<UploadRef> {
    const text = await readSmall(session, `${this.#path(upload)}/upload.json`).catch(unlessMissing)
    return text ? (JSON.parse(text) as UploadRef) : upload
  }

  /** What is missing while an upload is worked on is the upload. */
  async #within<T>(upload: UploadRef, signal: Signal, work: (session: Session, path: string) => Promise<T>): Promise<T> {
    if (!isUploadId(upload.uploadId) || keyFault(upload.key)) throw noUpload(upload)
    return await this.#folder.with(upload.key, signal, async (session) => {
      try {
        await this.#folder.assertInside(session, parentOf(upload.key))
        return await work(session, this.#path(upload))
      } catch (error) {
        const isGone = isNotThere(error) || isStorageError(error, 'not-a-file')
        throw isGone && !(await this.#folder.isMissing(session)) ? noUpload(upload) : error
      }
    })
  }

  #path({ key, uploadId }: UploadRef): string {
    return this.#folder.at(parentOf(key) + uploadName(uploadId))
  }
}

const nameOf = (key: string): string => key.slice(parentOf(key).length)

async function partsIn(session: Session, path: string): Promise<Part[]> {
  await session.lstat(`${path}/data`)
  return await readParts(session, path)
}

async function writeNew(session: Session, path: string, body: Body): Promise<void> {
  const handle = await session.open(path, openFlags.createNew)
  await writeAt(session, handle, body, 0)
  await session.close(handle)
}

interface PartBytes {
  readonly body: Body | LongBody
  readonly size: number
  readonly position: number
}

async function writePart(session: Session, path: string, { body, size, position }: PartBytes, signal: Signal): Promise<void> {
  const handle = await session.open(`${path}/data`, openFlags.update)
  try {
    if ('chunks' in body) await writeLong(session, handle, body, position, signal)
    else await writeAt(session, handle, body, position, signal)
    await sync(session, handle)
  } catch (error) {
    throw await whenFull(session, path, size, error)
  } finally {
    await session.close(handle).catch(() => {})
  }
}

async function writeLong(session: Session, handle: Handle, body: LongBody, position: number, signal: Signal): Promise<void> {
  let at = position
  for await (const chunk of body.chunks) {
    await writeAt(session, handle, [chunk], at, signal)
    at += chunk.length
  }
}

async function finish(session: Session, path: string, size: number, mtimeMs: number | undefined): Promise<PutResult> {
  const handle = await session.open(path, openFlags.update)
  try {
    await session.truncate(handle, size)
    return await seal(session, handle, mtimeMs)
  } finally {
    await session.close(handle).catch(() => {})
  }
}

async function readSmall(session: Session, path: string): Promise<string> {
  const handle = await session.open(path, openFlags.read)
  try {
    const into = Buffer.alloc(16 * 1024)
    return into.toString('utf8', 0, await session.read(handle, into, 0))
  } finally {
    await session.close(handle).catch(() => {})
  }
}
