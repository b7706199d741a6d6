/** Stores a stream of known length as one object, in bounded memory. Writing a name again replaces it. */
import { retrying } from '../storage/retrying.ts'
import { planObject } from '../model/plan.ts'
import type { CallOptions, Metadata, Multipart, Part, Storage, UploadRef } from '../storage/storage.ts'

const MiB = 1024 ** 2
const pieces = { pieceBytes: 8 * MiB, mostPartBytes: 64 * MiB }

export interface PutStreamOptions extends CallOptions {
  readonly size: number
  readonly metadata: Metadata
}

export async function putStream(storage: Storage, key: string, bytes: AsyncIterable<Uint8Array>, options: PutStreamOptions): Promise<void> {
  const { multipart, limits } = storage
  const plan = planObject(options.size, limits, { ...pieces, multipart: multipart !== undefined })
  if (plan.kind === 'too-large') throw new RangeError(`${key}: ${plan.sentence}`)
  if (plan.kind === 'parts' && multipart) return await putParts(multipart, key, inPieces(bytes, plan.partBytes), plan.partBytes, options)
  const { metadata, signal } = options
  for await (const body of inPieces(bytes, Math.max(1, options.size))) {
    await retrying(() => storage.put(key, body, { metadata, signal }), { signal })
  }
}

type Bodies = AsyncIterable<Uint8Array[]>

async function putParts(multipart: Multipart, key: string, bodies: Bodies, partBytes: number, options: PutStreamOptions): Promise<void> {
  const { metadata, size, signal } = options
  await abortAll(multipart, key, { signal })
  const upload = await retrying(() => multipart.create(key, { metadata, size, partBytes, signal }), { signal })
  const parts: Part[] = []
  try {
    for await (const body of bodies) parts.push(await putPart(multipart, upload, parts.length + 1, body, { signal }))
    await retrying(() => multipart.complete(upload, parts, { signal }), { signal })
  } catch (error) {
    await multipart.abort(upload, { signal }).catch(() => undefined)
    throw error
  }
}

function putPart(multipart: Multipart, upload: UploadRef, number: number, body: Uint8Array[], { signal }: CallOptions): Promise<Part> {
  return retrying(() => multipart.putPart(upload, number, body, { signal }), { signal })
}

/** What an earlier attempt at the same object left. */
async function abortAll(multipart: Multipart, key: string, { signal }: CallOptions): Promise<void> {
  for (const upload of await multipart.listUploads(key, { signal })) await multipart.abort(upload, { signal })
}

/** Regroups a stream into bodies of exactly `size` bytes, the last one shorter. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array[]> {
  let body: Uint8Array[] = []
  let length = 0
  for await (let chunk of bytes) {
    while (length + chunk.length >= size) {
      const head = chunk.subarray(0, size - length)
      yield [...body, head]
      chunk = chunk.subarray(head.length)
      body = []
      length = 0
    }
    if (chunk.length > 0) body.push(chunk)
    length += chunk.length
  }
  if (length > 0) yield body
}
