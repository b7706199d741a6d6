/** What is sent with a request: buffers in memory, or what is read while it is sent. */
import type { Body, LongBody } from '../storage.ts'

/** Larger bodies go out in slices, so that the time limit counts from the last slice that moved. */
export const sliceBytes = 256 * 1024

export const isLong = (body: Body | LongBody): body is LongBody => 'chunks' in body

export const bodyLength = (body: Body | LongBody): number => (isLong(body) ? body.size : body.reduce((sum, { length }) => sum + length, 0))

export function* slicesOf(body: Body): Generator<Uint8Array> {
  for (const chunk of body) {
    for (let at = 0; at < chunk.length; at += sliceBytes) yield chunk.subarray(at, at + sliceBytes)
  }
}
