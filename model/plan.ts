/** How an object is cut into parts. Pure arithmetic on a store's limits. */
export interface PlanLimits {
  readonly maxPutBytes: number
  readonly minPartBytes: number
  readonly maxPartBytes: number
  readonly maxParts: number
  readonly maxObjectBytes: number
}

export type Plan =
  /** One whole GET, one whole PUT. */
  | { readonly kind: 'whole' }
  /** `long`: a part is larger than memory may hold, and sent while it is read. */
  | { readonly kind: 'parts'; readonly partBytes: number; readonly parts: number; readonly long?: true }
  | { readonly kind: 'too-large'; readonly sentence: string }

export interface PlanOptions {
  /** An object up to this size is one piece; also the size of a part where the limits allow. */
  readonly pieceBytes: number
  /** No larger part fits into memory. */
  readonly mostPartBytes: number
  readonly multipart: boolean
  /** The store takes parts that are sent while they are read. */
  readonly longParts?: boolean
}

export function planObject(size: number, limits: PlanLimits, options: PlanOptions): Plan {
  if (size > limits.maxObjectBytes) return tooLarge(size, `holds objects of up to ${limits.maxObjectBytes} bytes`)
  if (!options.multipart) return planWhole(size, limits, options)
  if (size <= options.pieceBytes && size <= limits.maxPutBytes) return { kind: 'whole' }
  return planParts(size, limits, options)
}

function planWhole(size: number, { maxPutBytes }: PlanLimits, { mostPartBytes }: PlanOptions): Plan {
  if (size > maxPutBytes) return tooLarge(size, `takes at most ${maxPutBytes} bytes in one request and has no multipart upload`)
  if (size > mostPartBytes) {
    return tooLarge(size, `has no multipart upload, and this version sends at most ${mostPartBytes} bytes in one request`)
  }
  return { kind: 'whole' }
}

function planParts(size: number, limits: PlanLimits, { pieceBytes, mostPartBytes, longParts = false }: PlanOptions): Plan {
  const most = longParts ? limits.maxPartBytes : Math.min(limits.maxPartBytes, mostPartBytes)
  const least = Math.max(limits.minPartBytes, Math.min(pieceBytes, mostPartBytes, most))
  const needed = Math.ceil(size / limits.maxParts)
  const partBytes = needed <= least ? least : Math.max(least, Math.min(most, roundUp(needed)))
  if (partBytes * limits.maxParts < size || partBytes > limits.maxPartBytes) {
    return tooLarge(size, `takes ${limits.maxParts} parts, and this version sends at most ${most} bytes in each`)
  }
  return { kind: 'parts', partBytes, parts: Math.max(1, Math.ceil(size / partBytes)), ...(partBytes > mostPartBytes && { long: true }) }
}

/** To whole MiB: some stores want parts of round sizes. */
const roundUp = (bytes: number): number => Math.ceil(bytes / MiB) * MiB
const MiB = 1024 ** 2

function tooLarge(size: number, fact: string): Plan {
  return { kind: 'too-large', sentence: `The object has ${size} bytes; the destination ${fact}.` }
}

/** The bytes of part `number` (from 1); `last` is inclusive. */
export function partRange(number: number, size: number, partBytes: number): { readonly first: number; readonly last: number } {
  const first = (number - 1) * partBytes
  return { first, last: Math.min(first + partBytes, size) - 1 }
}
