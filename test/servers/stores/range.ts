import type { Context } from './context.ts'
import { StoreError } from './error.ts'
import { header, own } from './request.ts'

export interface ByteRange {
  readonly first: number
  readonly length: number
}

/**
 * The range that is asked for; undefined: the whole object. The end is clipped and a start past the end is refused, but where
 * the dialect is lenient a range is ignored that is not wholly inside the object, unless `range-behavior: standard` is asked for.
 */
export function rangeOf({ request, dialect }: Context, size: number): ByteRange | undefined {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header(request, 'range')?.trim() ?? '')
  if (!asked || (asked[1] === '' && asked[2] === '')) return undefined
  const backwards = asked[1] !== '' && asked[2] !== '' && Number(asked[2]) < Number(asked[1])
  if (backwards && !dialect.lenientRanges) return undefined
  const standard = !dialect.lenientRanges || own(request, 'range-behavior')?.toLowerCase() === 'standard'
  const range = resolve(asked[1] ?? '', asked[2] ?? '', size)
  if (range && (standard || range.exact)) return { first: range.first, length: range.length }
  if (range || !standard) return undefined
  throw new StoreError('InvalidRange', {
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
