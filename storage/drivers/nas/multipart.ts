/**
 * An upload is a folder beside its target: the bytes so far at their places in `data`, a journal of finished parts, and
 * `upload.json`. Completing it gives `data` the target's name.
 */
import { close, fdatasync, ftruncate, open } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Body, CompleteOptions, CreateUploadOptions, LongBody, Multipart, Part, PutResult, UploadRef } from '../../storage.ts'
import { assertGoing } from '../../cancel.ts'
import { asked, done } from './calls.ts'
import { codeOf } from './error.ts'
import { unless, type Folder } from './folder.ts'
import { readParts, recordPart } from './journal.ts'
import { assertKey, keyFault, parentOf, unsupported } from '../../tree/key.ts'
import { assertComplete, chunksOf, newPart, noUpload, sizeOf, sizeOfParts } from '../../tree/parts.ts'
import { isUploadId, newUploadId, uploadIdsFor, uploadName } from '../../tree/temporary.ts'
import { temporariesIn } from './temporary.ts'
import { assertNoFolder, seal, writeAt, type Writer } from './write.ts'

export function openMultipart(folder: Folder, writer: Writer): Multipart {
  const uploads = new Uploads(folder, writer)
  return {
    create: (key, options) => uploads.within(key, options, () => uploads.create(key, options)),
    putPart: (upload, number, body, options) => uploads.within(upload.key, options, () => uploads.putPart(upload, number, body, sizeOf(body))),
    putLongPart: (upload, number, body, options) => uploads.within(upload.key, options, () => uploads.putPart(upload, number, body, body.size)),
    listParts: (upload, options) => uploads.within(upload.key, options, () => uploads.listParts(upload)),
    complete: (upload, parts, options) => uploads.within(upload.key, options, () => uploads.complete(upload, parts, options)),
    abort: (upload, options) => uploads.within(upload.key, options, () => uploads.abort(upload)),
    listUploads: (key, options) => uploads.within(key, options, () => uploads.listUploads(key)),
  }
}

class Uploads {
  readonly #folder: Folder
  readonly #writer: Writer

  constructor(folder: Folder, writer: Writer) {
    this.#folder = folder
    this.#writer = writer
  }

  async within<T>(key: string, options: { readonly signal?: AbortSignal } | undefined, work: () => Promise<T>): Promise<T> {
    assertGoing(options?.signal)
    return await this.#folder.guard(key, work)
  }

  async create(key: string, options: CreateUploadOptions): Promise<UploadRef> {
    assertKey(key)
    if (key.endsWith('/')) throw unsupported(key, 'it ends in "/" and has bytes, and a folder has none')
    const upload = { key, uploadId: newUploadId(nameOf(key)), partBytes: options.partBytes }
    const path = this.#path(upload)
    await this.#writer.within(key, async () => {
      await assertNoFolder(this.#folder.at(key), key)
      await mkdir(path)
    })
    await writeFile(join(path, 'data'), '')
    await writeFile(join(path, 'upload.json'), JSON.stringify(upload))
    return upload
  }

  async putPart(upload: UploadRef, number: number, body: Body | LongBody, size: number): Promise<Part> {
    const part = newPart(upload, number, size)
    await this.#gone(upload, async (path) => {
      await writePart(join(path, 'data'), body, (number - 1) * upload.partBytes)
      await recordPart(path, part)
    })
    return part
  }

  async listParts(upload: UploadRef): Promise<Part[]> {
    return await this.#gone(upload, async (path) => {
      await stat(join(path, 'data'))
      return await readParts(path)
    })
  }

  async complete(upload: UploadRef, parts: readonly Part[], options: CompleteOptions): Promise<PutResult> {
    assertComplete(upload, parts, await this.listParts(upload))
    return await this.#gone(upload, async (path) => {
      const data = join(path, 'data')
      const result = await finish(data, sizeOfParts(parts), options.mtimeMs)
      await this.#writer.place(data, upload.key, options)
      await rm(path, { recursive: true, force: true })
      return result
    })
  }

  async abort(upload: UploadRef): Promise<void> {
    if (!isUploadId(upload.uploadId) || keyFault(upload.key)) return
    await rm(this.#path(upload), { recursive: true, force: true }).catch(unless('ENOENT', 'ENOTDIR'))
  }

  async listUploads(key: string): Promise<UploadRef[]> {
    if (keyFault(key)) return []
    const temporaries = await temporariesIn(this.#folder.at(parentOf(key))).catch(unless('ENOENT', 'ENOTDIR'))
    if (!temporaries && (await this.#folder.isMissing())) throw await this.#folder.missing()
    const uploads = await Promise.all(uploadIdsFor(nameOf(key), temporaries ?? []).map((uploadId) => this.#read({ key, uploadId, partBytes: 0 })))
    return uploads.filter((upload) => upload?.key === key)
  }

  async #read(upload: UploadRef): Promise<UploadRef> {
    const text = await readFile(join(this.#path(upload), 'upload.json'), 'utf8').catch(unless('ENOENT'))
    return text ? (JSON.parse(text) as UploadRef) : upload
  }

  /** What is missing while an upload is worked on is the upload. */
  async #gone<T>(upload: UploadRef, work: (path: string) => Promise<T>): Promise<T> {
    if (!isUploadId(upload.uploadId) || keyFault(upload.key)) throw noUpload(upload)
    try {
      await this.#folder.assertInside(parentOf(upload.key))
      return await work(this.#path(upload))
    } catch (error) {
      throw codeOf(error) === 'ENOENT' && !(await this.#folder.isMissing()) ? noUpload(upload) : error
    }
  }

  #path({ key, uploadId }: UploadRef): string {
    return this.#folder.at(parentOf(key) + uploadName(uploadId))
  }
}

const nameOf = (key: string): string => key.slice(parentOf(key).length)

function writePart(path: string, body: Body | LongBody, position: number): Promise<void> {
  return withOpen(path, async (file) => {
    let at = position
    for await (const chunk of chunksOf(body)) {
      await writeAt(file, [chunk], at)
      at += chunk.length
    }
    await done((answer) => fdatasync(file, answer))
  })
}

function finish(path: string, size: number, mtimeMs: number | undefined): Promise<PutResult> {
  return withOpen(path, async (file) => {
    await done((answer) => ftruncate(file, size, answer))
    return await seal(file, mtimeMs)
  })
}

async function withOpen<T>(path: string, use: (file: number) => Promise<T>): Promise<T> {
  const file = await asked<number>((answer) => open(path, 'r+', answer))
  try {
    return await use(file)
  } finally {
    await done((answer) => close(file, answer))
  }
}
