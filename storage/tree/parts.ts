/** Uploads whose parts lie at fixed places of one file: what may be asked of them. */
import { randomBytes } from 'node:crypto'
import { StorageError } from '../error.ts'
import type { Body, LongBody, Part, UploadRef } from '../storage.ts'

export const sizeOf = (body: Body): number => body.reduce((sum, { length }) => sum + length, 0)
export const sizeOfParts = (parts: readonly Part[]): number => parts.reduce((sum, { size }) => sum + size, 0)

/** The bytes of a part, in order. */
export async function* chunksOf(body: Body | LongBody): AsyncGenerator<Uint8Array> {
  yield* 'chunks' in body ? body.chunks : body
}

/** A part that is longer than those of its upload would be written over its neighbour. */
export function newPart({ partBytes }: UploadRef, number: number, size: number): Part {
  if (!Number.isInteger(number) || number < 1) throw invalid(`There is no part ${number}`)
  if (size > partBytes) throw invalid(`Part ${number} has ${size} bytes, more than ${partBytes}`)
  return { number, size, etag: randomBytes(8).toString('hex'), hashes: {} }
}

/** There may be no gap, and only the last may be short. */
export function assertComplete({ partBytes }: UploadRef, parts: readonly Part[], held: readonly Part[]): void {
  if (parts.length === 0) throw invalid('An object needs at least one part')
  const etags = new Map(held.map(({ number, etag }) => [number, etag]))
  parts.forEach(({ number, size, etag }, at) => {
    if (number !== at + 1) throw invalid(`Part ${at + 1} is missing`)
    if (etags.get(number) !== etag) throw invalid(`Part ${number} is not there, or is another one`)
    if (at < parts.length - 1 && size !== partBytes) throw invalid(`Part ${number} has ${size} bytes, not ${partBytes}`)
  })
}

const invalid = (why: string): StorageError => new StorageError(`${why}.`, { kind: 'invalid' })
export const noUpload = ({ uploadId }: UploadRef): StorageError =>
  new StorageError(`There is no upload ${uploadId}.`, { kind: 'no-upload' })

/** A part as a journal has it. */
export interface PartRecord extends Omit<Part, 'hashes'> {
  readonly atMs: number
}

/** By number; of a part that was sent again, the later one. */
export function latestParts(records: readonly PartRecord[]): Part[] {
  const inTime = records.toSorted((a, b) => a.atMs - b.atMs)
  const parts = new Map(inTime.map(({ number, size, etag }) => [number, { number, size, etag, hashes: {} }]))
  return [...parts.values()].sort((a, b) => a.number - b.number)
}
