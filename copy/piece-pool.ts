/**
 * Memory for pieces in flight, bounded by bytes and not by objects: a piece waits until its bytes fit. Buffers come in sizes of
 * powers of two up to 8 MiB and are used again.
 */
import type { CallOptions } from '../storage/storage.ts'
import { makeTurnstile } from './turnstile.ts'

const KiB = 1024
const MiB = 1024 * KiB
const defaultPieceBytes = 8 * MiB
const leastBytes = 64 * KiB

export interface PiecePool {
  /** An object up to this size is one piece; also the size of one buffer. */
  readonly pieceBytes: number
  /** No single piece is larger than this. */
  readonly mostBytes: number
  /** Buffers for `bytes` in all, each full but the last. What is larger than the whole pool gets it alone. */
  take(bytes: number, options?: CallOptions): Promise<Piece>
}
export interface Piece {
  readonly capacity: number
  /** Copies a chunk behind what is there. False when it does not fit: nothing is copied then. */
  write(chunk: Uint8Array): boolean
  /** What was written, in order, as views of the buffers. */
  readonly body: readonly Uint8Array[]
  readonly length: number
  /** Forgets what was written. */
  reset(): void
  /** Gives the buffers back: nobody may look at `body` any more. */
  release(): void
}

export function makePiecePool(totalBytes = 64 * MiB, pieceBytes = defaultPieceBytes): PiecePool {
  const idle = makeIdle()
  const door = makeTurnstile((cost, used) => used === 0 || used + cost <= totalBytes)
  const giveBack = (buffers: readonly Uint8Array[], cost: number) => {
    idle.keep(buffers, totalBytes - door.inside + cost)
    door.leave(cost)
  }

  return {
    pieceBytes,
    mostBytes: totalBytes,
    async take(bytes, options) {
      const sizes = bufferSizes(bytes, pieceBytes)
      const cost = await door.enter(() => sizes.reduce((sum, size) => sum + size, 0), options)
      const buffers = sizes.map((size) => idle.pop(size) ?? Buffer.allocUnsafeSlow(size))
      idle.trim(totalBytes - door.inside)
      return new PoolPiece(buffers, () => giveBack(buffers, cost))
    },
  }
}

function bufferSizes(bytes: number, pieceBytes: number): number[] {
  if (bytes <= pieceBytes) return [Math.min(classOf(bytes), pieceBytes)]
  const whole = Math.floor(bytes / pieceBytes)
  const rest = bytes - whole * pieceBytes
  const sizes = Array.from({ length: whole }, () => pieceBytes)
  if (rest > 0) sizes.push(Math.min(classOf(rest), pieceBytes))
  return sizes
}

function classOf(bytes: number): number {
  let size = leastBytes
  while (size < bytes) size *= 2
  return size
}

/** Buffers that wait to be used again. With those in use they stay below the pool's total. */
function makeIdle() {
  const bySize = new Map<number, Uint8Array[]>()
  let bytes = 0
  const pop = (size: number): Uint8Array | undefined => {
    const buffer = bySize.get(size)?.pop()
    bytes -= buffer?.length ?? 0
    return buffer
  }
  const trim = (room: number): void => {
    for (const size of bySize.keys()) while (bytes > room && pop(size) !== undefined);
  }
  const keep = (buffers: readonly Uint8Array[], room: number): void => {
    for (const buffer of buffers) {
      if (bytes + buffer.length > room) return
      const sameSize = bySize.get(buffer.length)
      if (sameSize === undefined) bySize.set(buffer.length, [buffer])
      else sameSize.push(buffer)
      bytes += buffer.length
    }
  }
  return { pop, trim, keep }
}

class PoolPiece implements Piece {
  readonly capacity: number
  readonly #buffers: readonly Uint8Array[]
  readonly #giveBack: () => void
  #length = 0
  #released = false

  constructor(buffers: readonly Uint8Array[], giveBack: () => void) {
    this.#buffers = buffers
    this.#giveBack = giveBack
    this.capacity = buffers.reduce((sum, { length }) => sum + length, 0)
  }

  get length(): number {
    return this.#length
  }

  get body(): Uint8Array[] {
    return views(this.#buffers, this.#length)
  }

  write(chunk: Uint8Array): boolean {
    if (this.#length + chunk.length > this.capacity) return false
    copyInto(this.#buffers, this.#length, chunk)
    this.#length += chunk.length
    return true
  }

  reset(): void {
    this.#length = 0
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    this.#giveBack()
  }
}

function views(buffers: readonly Uint8Array[], length: number): Uint8Array[] {
  const out: Uint8Array[] = []
  for (const buffer of buffers) {
    if (length <= 0) break
    out.push(buffer.subarray(0, Math.min(length, buffer.length)))
    length -= buffer.length
  }
  return out
}

function copyInto(buffers: readonly Uint8Array[], at: number, chunk: Uint8Array): void {
  let done = 0
  for (const buffer of buffers) {
    if (at >= buffer.length) {
      at -= buffer.length
      continue
    }
    const part = chunk.subarray(done, done + buffer.length - at)
    buffer.set(part, at)
    done += part.length
    at = 0
    if (done === chunk.length) return
  }
}
