import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makePiecePool } from '../../copy/piece-pool.ts'
import { makeRequestPool } from '../../copy/request-pool.ts'
import { KiB, someBytes } from './support.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the pool of pieces', () => {
  it('never has more bytes out than it holds, and lets everybody through in order', async () => {
    const pool = makePiecePool(256 * KiB, 64 * KiB)
    const order: number[] = []
    let out = 0
    let most = 0
    const one = async (i: number, bytes: number) => {
      const piece = await pool.take(bytes)
      order.push(i)
      most = Math.max(most, (out += piece.capacity))
      await turn()
      out -= piece.capacity
      piece.release()
      piece.release()
    }
    const sizes = [10, 64 * KiB, 200 * KiB, 64 * KiB, 256 * KiB, 0, 900 * KiB, 5]
    await Promise.all(sizes.map((bytes, i) => one(i, bytes)))
    expect(order).toEqual(sizes.map((_, i) => i))
    expect([out, most]).toEqual([0, 900 * KiB + 60 * KiB])
  })

  it('gives a piece too large for it only alone', async () => {
    const pool = makePiecePool(128 * KiB, 64 * KiB)
    const small = await pool.take(1)
    let taken = false
    const large = pool.take(500 * KiB).then((piece) => {
      taken = true
      return piece
    })
    await turn()
    expect(taken).toBe(false)
    small.release()
    ;(await large).release()
  })

  it('forgets who gave up waiting', async () => {
    const pool = makePiecePool(64 * KiB, 64 * KiB)
    const held = await pool.take(1)
    const stop = new AbortController()
    const waiting = pool.take(1, { signal: stop.signal })
    const behind = pool.take(1)
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' })
    held.release()
    ;(await behind).release()
  })

  it('keeps what was written, over its buffers', async () => {
    const pool = makePiecePool(1024 * KiB, 64 * KiB)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 * KiB }), { maxLength: 4 }), async (sizes) => {
        const bytes = someBytes(sizes.reduce((sum, size) => sum + size, 0))
        const piece = await pool.take(bytes.length)
        let at = 0
        for (const size of sizes) piece.write(bytes.subarray(at, (at += size)))
        expect(Buffer.concat([...piece.body])).toEqual(bytes)
        expect(piece.write(Buffer.alloc(piece.capacity + 1))).toBe(false)
        piece.release()
      }),
      { numRuns: 40 },
    )
  })
})

describe('the pool of requests', () => {
  it('runs so many at a time, in order', async () => {
    const pool = makeRequestPool(3)
    let running = 0
    let most = 0
    const begun: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        pool.run(async () => {
          begun.push(i)
          most = Math.max(most, ++running)
          await turn()
          running--
        }),
      ),
    )
    expect([most, begun]).toEqual([3, Array.from({ length: 20 }, (_, i) => i)])
  })

  it('frees the place of a call that fails, and forgets who gave up waiting', async () => {
    const pool = makeRequestPool(1)
    await expect(pool.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    const stop = new AbortController()
    let end: () => void = () => {}
    const held = pool.run(() => new Promise<void>((resolve) => (end = resolve)))
    const waiting = pool.run(async () => {}, { signal: stop.signal })
    const behind = pool.run(async () => 'through')
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' })
    end()
    await held
    expect(await behind).toBe('through')
  })
})
