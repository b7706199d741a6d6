import { mkdirSync } from 'node:fs'
import type { ByteString } from '../bytes.ts'
import type { Blobs } from './blobs.ts'
import { DiskBlobs } from './disk-blobs.ts'
import { DiskJournal, noJournal, type Journal, type JournalRecord } from './journal.ts'
import { MemoryBlobs } from './memory-blobs.ts'
import type { Bucket, ObjectPart, StoredObject, Upload } from './model.ts'
import { SortedKeys } from './sorted-keys.ts'

interface BucketState {
  readonly bucket: Bucket
  readonly objects: Map<ByteString, StoredObject>
  readonly keys: SortedKeys
}

interface UploadState {
  readonly upload: Upload
  readonly parts: Map<number, ObjectPart>
}

/** What the server holds. Every change is applied and journalled in one step, so two requests never see half of one. */
export class Store {
  readonly blobs: Blobs
  readonly #journal: Journal
  readonly #buckets = new Map<string, BucketState>()
  readonly #uploads = new Map<string, UploadState>()

  private constructor(blobs: Blobs, journal: Journal) {
    this.blobs = blobs
    this.#journal = journal
  }

  static inMemory(): Store {
    return new Store(new MemoryBlobs(), noJournal)
  }

  static onDisk(dir: string): Store {
    mkdirSync(dir, { recursive: true })
    const journal = new DiskJournal(dir)
    const store = new Store(new DiskBlobs(dir), journal)
    const records = journal.read()
    for (const record of records) store.#holdBlobs(record)
    for (const record of records) store.#apply(record)
    store.blobs.sweep()
    journal.start(store.#state())
    return store
  }

  close(): void {
    this.#journal.close()
    this.blobs.close()
  }

  buckets(): Bucket[] {
    return Array.from(this.#buckets.values(), state => state.bucket).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  bucket(name: string): Bucket | undefined {
    return this.#buckets.get(name)?.bucket
  }

  putBucket(bucket: Bucket): void {
    this.#change({ kind: 'bucket', bucket })
  }

  deleteBucket(name: string): void {
    this.#change({ kind: 'no-bucket', bucket: name })
  }

  object(bucket: string, key: ByteString): StoredObject | undefined {
    return this.#buckets.get(bucket)?.objects.get(key)
  }

  count(bucket: string): number {
    return this.#buckets.get(bucket)?.objects.size ?? 0
  }

  /** Keys ≥ `from` in byte order; not to be kept over an await. */
  keysFrom(bucket: string, from: ByteString): Iterable<ByteString> {
    return this.#buckets.get(bucket)?.keys.from(from) ?? []
  }

  /** The blobs of `object` pass to the store; those of the object that it replaces are let go. */
  putObject(bucket: string, object: StoredObject): void {
    this.#change({ kind: 'object', bucket, object })
  }

  deleteObject(bucket: string, key: ByteString): void {
    if (this.object(bucket, key)) this.#change({ kind: 'no-object', bucket, key })
  }

  createUpload(upload: Upload): void {
    this.#change({ kind: 'upload', upload })
  }

  upload(bucket: string, key: ByteString, uploadId: string): Upload | undefined {
    const upload = this.#uploads.get(uploadId)?.upload
    return upload?.bucket === bucket && upload.key === key ? upload : undefined
  }

  uploads(bucket: string): Upload[] {
    const all = Array.from(this.#uploads.values(), state => state.upload).filter(upload => upload.bucket === bucket)
    return all.toSorted((a, b) => compare(a.key, b.key) || compare(a.uploadId, b.uploadId))
  }

  putPart(uploadId: string, part: ObjectPart): void {
    this.#change({ kind: 'part', uploadId, part })
  }

  /** By number. */
  parts(uploadId: string): ObjectPart[] {
    return Array.from(this.#uploads.get(uploadId)?.parts.values() ?? []).toSorted((a, b) => a.number - b.number)
  }

  abortUpload(uploadId: string): void {
    this.#change({ kind: 'no-upload', uploadId })
  }

  /** The object takes the blobs of the parts it is made of; those of the others are let go. */
  completeUpload(uploadId: string, bucket: string, object: StoredObject): void {
    for (const blob of object.body) this.blobs.retain(blob)
    this.#change({ kind: 'object', bucket, object, completes: uploadId })
  }

  #change(record: JournalRecord): void {
    this.#journal.append(record)
    this.#apply(record)
  }

  #apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'bucket':
        return void this.#buckets.set(record.bucket.name, { bucket: record.bucket, objects: new Map(), keys: new SortedKeys() })
      case 'no-bucket':
        return void this.#buckets.delete(record.bucket)
      case 'object':
        this.#setObject(record.bucket, record.object)
        return record.completes === undefined ? undefined : this.#endUpload(record.completes)
      case 'no-object':
        return this.#removeObject(record.bucket, record.key)
      case 'upload':
        return void this.#uploads.set(record.upload.uploadId, { upload: record.upload, parts: new Map() })
      case 'part':
        return this.#setPart(record.uploadId, record.part)
      case 'no-upload':
        return this.#endUpload(record.uploadId)
    }
  }

  #setObject(bucket: string, object: StoredObject): void {
    const state = this.#buckets.get(bucket)
    if (!state) return this.#release(object.body)
    const old = state.objects.get(object.key)
    state.objects.set(object.key, object)
    if (!old) state.keys.add(object.key)
    else if (old.body !== object.body) this.#release(old.body)
  }

  #removeObject(bucket: string, key: ByteString): void {
    const state = this.#buckets.get(bucket)
    const old = state?.objects.get(key)
    if (!state || !old) return
    state.objects.delete(key)
    state.keys.remove(key)
    this.#release(old.body)
  }

  #setPart(uploadId: string, part: ObjectPart): void {
    const state = this.#uploads.get(uploadId)
    if (!state) return this.#release(part.body)
    const old = state.parts.get(part.number)
    state.parts.set(part.number, part)
    if (old) this.#release(old.body)
  }

  #endUpload(uploadId: string): void {
    const state = this.#uploads.get(uploadId)
    if (!state) return
    this.#uploads.delete(uploadId)
    for (const part of state.parts.values()) this.#release(part.body)
  }

  #release(body: StoredObject['body']): void {
    for (const blob of body) this.blobs.release(blob)
  }

  #holdBlobs(record: JournalRecord): void {
    const body = record.kind === 'object' ? record.object.body : record.kind === 'part' ? record.part.body : []
    for (const blob of body) this.blobs.retain(blob)
  }

  *#state(): Generator<JournalRecord> {
    for (const { bucket, objects } of this.#buckets.values()) {
      yield { kind: 'bucket', bucket }
      for (const object of objects.values()) yield { kind: 'object', bucket: bucket.name, object }
    }
    for (const { upload, parts } of this.#uploads.values()) {
      yield { kind: 'upload', upload }
      for (const part of parts.values()) yield { kind: 'part', uploadId: upload.uploadId, part }
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
