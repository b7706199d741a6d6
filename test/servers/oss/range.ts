import { OssError } from './error.ts'
import { header, type OssRequest } from './request.ts'

export interface ByteRange {
  readonly first: number
  readonly length: number
}

/**
 * The range that is asked for; undefined: the whole object. Without `x-oss-range-behavior: standard` OSS ignores a range that
 * is malformed or not wholly inside the object; with it the end is clipped, and a start past the end is refused.
 */
export function rangeOf(request: OssRequest, size: number): ByteRange | undefined {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header(request, 'range')?.trim() ?? '')
  if (!asked || (asked[1] === '' && asked[2] === '')) return undefined
  const standard = header(request, 'x-oss-range-behavior')?.toLowerCase() === 'standard'
  const range = resolve(asked[1] ?? '', asked[2] ?? '', size)
  if (range && (standard || range.exact)) return { first: range.first, length: range.length }
  if (range || !standard) return undefined
  throw new OssError('InvalidRange', {
    headers: { 'Content-Range': `bytes */${size}` },
    extra: { ActualObjectSize: String(size), RangeRequested: header(request, 'range') ?? '' },
  })
}

/** Clipped to the object; `exact` when nothing had to be clipped. Undefined: no byte of it is there. */
function resolve(from: string, to: string, size: number): (ByteRange & { exact: boolean }) | undefined {
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? undefined : { first: size - length, length, exact: Number(to) <= size }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Number(to)
  if (first >= size || last < first) return undefined
  return { first, length: Math.min(last, size - 1) - first + 1, exact: last < size }
}
