/**
 * An upload is the blocks whose ids begin with its own: Azure knows no uploads, only blocks of a key that no blob has yet. Block 0
 * says that the upload is there: one byte long while it is open, two once it was given up, for Azure has no way to drop blocks.
 * Ids have 48 characters, which is what Azure's own clients use: all ids of one key must be of one length.
 */
import { randomBytes } from 'node:crypto'
import { isStorageError } from '../../error.ts'
import type { CallOptions, Part } from '../../storage.ts'
import { unquote } from '../s3/listing.ts'
import type { Client } from './client.ts'

const begin = 'tranship-'
const form = /^tranship-([0-9a-f]{32})-(\d{6})$/
export const openMark = Buffer.alloc(1)
export const abortedMark = Buffer.alloc(2)

export const newUploadId = (): string => randomBytes(16).toString('hex')

export function blockId(uploadId: string, number: number): string {
  return Buffer.from(`${begin}${uploadId}-${String(number).padStart(6, '0')}`).toString('base64')
}

/** Sizes of blocks by number, of one upload. */
export type Blocks = ReadonlyMap<number, number>

export interface HeldBlocks {
  /** Those that no blob has yet, by upload. */
  readonly uploads: ReadonlyMap<string, Blocks>
  /** Ids of the blob's own blocks, in order, with its ETag. */
  readonly committed: readonly string[]
  readonly etag?: string
}

export async function heldBlocks(client: Client, key: string, { signal }: CallOptions): Promise<HeldBlocks> {
  const blob = client.blob(key)
  try {
    const list = await client.call('key', () => blob.getBlockList('all', { ...(signal && { abortSignal: signal }) }))
    const { committedBlocks = [], uncommittedBlocks = [], etag } = list
    return { uploads: byUpload(uncommittedBlocks), committed: committedBlocks.map(({ name }) => name), ...(etag && { etag: unquote(etag) }) }
  } catch (error) {
    if (isStorageError(error, 'not-found')) return { uploads: new Map(), committed: [] }
    throw error
  }
}

function byUpload(blocks: readonly { readonly name: string; readonly size: number }[]): ReadonlyMap<string, Blocks> {
  const uploads = new Map<string, Map<number, number>>()
  for (const { name, size } of blocks) {
    const [, uploadId, number] = form.exec(Buffer.from(name, 'base64').toString('latin1')) ?? []
    if (uploadId === undefined) continue
    const held = uploads.get(uploadId) ?? new Map<number, number>()
    uploads.set(uploadId, held.set(Number(number), size))
  }
  return uploads
}

export const isOpen = (blocks: Blocks | undefined): blocks is Blocks => blocks?.get(0) === openMark.length

/** By number. Azure states no hash of a block, so its id stands for it. */
export function toParts(uploadId: string, blocks: Blocks): Part[] {
  const parts = [...blocks].filter(([number]) => number > 0).toSorted(([a], [b]) => a - b)
  return parts.map(([number, size]) => ({ number, size, etag: blockId(uploadId, number), hashes: {} }))
}
