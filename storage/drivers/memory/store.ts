import type { CannedAcl, Metadata, Part, Tags } from '../../storage.ts'
import { SortedKeys } from './sorted-keys.ts'

export interface StoredObject {
  readonly bytes: Uint8Array
  readonly mtimeMs: number
  readonly etag: string
  readonly crc64: string
  readonly storageClass: string | undefined
  readonly metadata: Metadata
  readonly tags: Tags | undefined
  readonly acl: CannedAcl | undefined
  /** A restored copy is there from then on. */
  readonly restoredMs?: number
}

export interface StoredUpload {
  readonly key: string
  readonly uploadId: string
  readonly partBytes: number
  readonly storageClass: string | undefined
  readonly metadata: Metadata
  readonly tags: Tags | undefined
  readonly acl: CannedAcl | undefined
  readonly parts: Map<number, { readonly part: Part; readonly bytes: Uint8Array }>
}

/** What one bucket holds. Every method is synchronous, so that conditions are exact. */
export class MemoryStore {
  readonly name: string
  readonly uploads = new Map<string, StoredUpload>()
  readonly #objects = new Map<string, StoredObject>()
  readonly #keys = new SortedKeys()
  /** The bucket was removed: every call fails `no-bucket`. */
  removed = false

  constructor(name: string) {
    this.name = name
  }

  get size(): number {
    return this.#objects.size
  }

  find(key: string): StoredObject | undefined {
    return this.#objects.get(key)
  }

  set(key: string, object: StoredObject): void {
    if (!this.#objects.has(key)) this.#keys.add(key)
    this.#objects.set(key, object)
  }

  remove(key: string): void {
    if (this.#objects.delete(key)) this.#keys.remove(key)
  }

  page(prefix: string, after: string, limit: number): string[] {
    return this.#keys.page(prefix, after, limit)
  }
}

const stores = new Map<string, MemoryStore>()

/** The store of this name, made when it is asked for first. */
export function memoryStore(name: string): MemoryStore {
  const known = stores.get(name)
  if (known) return known
  const store = new MemoryStore(name)
  stores.set(name, store)
  return store
}

/** As when a bucket is deleted: whoever has it open meets `no-bucket`; the name can be used again. */
export function removeMemoryStore(name: string): void {
  const store = stores.get(name)
  if (store) store.removed = true
  stores.delete(name)
}
