/**
 * An upload is the blocks whose ids begin with its own: Azure knows no uploads, only blocks of a key that no blob has yet. Block 0
 * says that the upload is there: one byte long while it is open, two once it was given up, for Azure has no way to drop blocks.
 * Ids have 48 characters, which is what Azure's own clients use: all ids of one key must be of one length.
 */
import { randomBytes } from 'node:crypto'
import { isStorageError, StorageError } from '../../error.ts'
import { element, split } from '../../http/xml.ts'
import type { CallOptions, Part } from '../../storage.ts'
import { etagOf } from './info.ts'
import type { Wire } from './wire.ts'

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

export async function heldBlocks({ send }: Wire, key: string, { signal }: CallOptions): Promise<HeldBlocks> {
  try {
    const { headers, body } = await send({ method: 'GET', key, query: { comp: 'blocklist', blocklisttype: 'all' }, signal })
    const { committed, uncommitted } = scanBlockList(body.toString('utf8'))
    return { uploads: byUpload(uncommitted), committed: committed.map(({ id }) => id), ...etagOf(headers) }
  } catch (error) {
    if (isStorageError(error, 'not-found')) return { uploads: new Map(), committed: [] }
    throw error
  }
}

interface Block {
  readonly id: string
  readonly size: number
}

function scanBlockList(xml: string): { readonly committed: readonly Block[]; readonly uncommitted: readonly Block[] } {
  if (!xml.includes('</BlockList>')) throw new StorageError('The list of blocks has no end.', { kind: 'unexpected' })
  return { committed: blocksIn(xml, 'CommittedBlocks'), uncommitted: blocksIn(xml, 'UncommittedBlocks') }
}

function blocksIn(xml: string, list: string): Block[] {
  const { inside } = split(split(xml, list).inside[0] ?? '', 'Block')
  return inside.map((block) => ({ id: element(block, 'Name') ?? '', size: Number(element(block, 'Size')) }))
}

function byUpload(blocks: readonly Block[]): ReadonlyMap<string, Blocks> {
  const uploads = new Map<string, Map<number, number>>()
  for (const { id, size } of blocks) {
    const [, uploadId, number] = form.exec(Buffer.from(id, 'base64').toString('latin1')) ?? []
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
