import { hash, randomUUID } from 'node:crypto'
import { Refusal } from './refusal.ts'

export interface StoredFile {
  readonly kind: 'file'
  readonly bytes: Buffer
  readonly md5: string
  readonly type: string
  /** x-upyun-meta-*, names in lower case, values as they came. */
  readonly meta: Readonly<Record<string, string>>
  readonly modifiedSeconds: number
}
export interface StoredFolder {
  readonly kind: 'folder'
  readonly modifiedSeconds: number
}
export type Stored = StoredFile | StoredFolder

export interface Upload {
  readonly uuid: string
  readonly path: string
  readonly length: number
  readonly partSize: number
  readonly disorder: boolean
  readonly type: string
  readonly meta: Readonly<Record<string, string>>
  readonly parts: Map<number, Buffer>
  readonly createdSeconds: number
  completed: boolean
}

/** Files in folders that are really there: made on the way to a file, and left when they are empty. */
export class Store {
  readonly uploads = new Map<string, Upload>()
  readonly #nodes = new Map<string, Stored>([['', { kind: 'folder', modifiedSeconds: 0 }]])
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  find(path: string): Stored | undefined {
    return this.#nodes.get(path)
  }

  /** Whether the file is a new one. */
  put(path: string, bytes: Buffer, type: string, meta: StoredFile['meta']): boolean {
    if (this.find(path)?.kind === 'folder') throw new Refusal(40600001)
    this.#makeFolders(parentOf(path))
    const isNew = !this.#nodes.has(path)
    this.#nodes.delete(path)
    this.#nodes.set(path, { kind: 'file', bytes, md5: hash('md5', bytes, 'hex'), type, meta, modifiedSeconds: this.#seconds() })
    return isNew
  }

  makeFolder(path: string): void {
    const held = this.find(path)
    if (held !== undefined) throw new Refusal(held.kind === 'folder' ? 40600002 : 40600001)
    this.#makeFolders(path)
  }

  #makeFolders(path: string): void {
    const held = this.find(path)
    if (held?.kind === 'file') throw new Refusal(40600001)
    if (held !== undefined) return
    this.#makeFolders(parentOf(path))
    this.#nodes.set(path, { kind: 'folder', modifiedSeconds: this.#seconds() })
  }

  delete(path: string): void {
    const held = this.find(path)
    if (held === undefined) throw new Refusal(40400001)
    if (held.kind === 'folder' && this.list(path).length > 0) throw new Refusal(40300005)
    if (path !== '') this.#nodes.delete(path)
  }

  /** What lies in a folder, the latest first. */
  list(folder: string): (readonly [name: string, stored: Stored])[] {
    const below = folder === '' ? '' : `${folder}/`
    const names = [...this.#nodes].filter(([path]) => path !== '' && path.startsWith(below) && parentOf(path) === folder)
    return names.map(([path, stored]) => [path.slice(below.length), stored] as const).toReversed()
  }

  openUpload(upload: Omit<Upload, 'uuid' | 'parts' | 'completed' | 'createdSeconds'>): Upload {
    const opened: Upload = { ...upload, uuid: randomUUID(), parts: new Map(), completed: false, createdSeconds: this.#seconds() }
    this.uploads.set(opened.uuid, opened)
    return opened
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000)
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
