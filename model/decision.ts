/** The overwrite rule, PRODUCT.md §3: whether a file is copied or skipped. Pure. */
import type { JobOptions, OverwriteRule } from './job.ts'
import type { SkipReason } from './report-row.ts'

/** What a listing says of a file. */
export interface Seen {
  readonly size: number
  readonly mtimeMs: number
  readonly etag?: string
}

/** What may be compared between the two ends. */
export interface Comparison {
  readonly rule: OverwriteRule
  /** The coarser resolution of the two ends: times closer than this may be the same. */
  readonly resolutionMs: number
  /** The destination keeps the modified time it is given: then any difference counts, not only a newer source. */
  readonly mtimeKept: boolean
  /** The source may hold a modified time in its user metadata, which its listing does not show. */
  readonly mtimeInMetadata: boolean
  /** Content types count: asked for, and both ends have them. */
  readonly contentTypes: boolean
}

/** As much of a storage as a comparison depends on. */
export interface Comparable {
  readonly abilities: { readonly keepsMtime: boolean; readonly userMetadata: boolean; readonly contentHeaders: boolean }
  readonly limits: { readonly mtimeResolutionMs: number }
}

export function comparisonOf(source: Comparable, destination: Comparable, options: Pick<JobOptions, 'overwrite' | 'compareContentType'>): Comparison {
  return {
    rule: options.overwrite,
    resolutionMs: Math.max(source.limits.mtimeResolutionMs, destination.limits.mtimeResolutionMs),
    mtimeKept: destination.abilities.keepsMtime,
    mtimeInMetadata: source.abilities.userMetadata,
    contentTypes: options.compareContentType && source.abilities.contentHeaders && destination.abilities.contentHeaders,
  }
}

export type Decision =
  | { readonly kind: 'copy' }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  /** The listings do not tell: skip as `same` unless the content types of both ends differ. */
  | { readonly kind: 'compare-content-types' }
  /** Copy unless the source's metadata holds the very modified time that the destination has. */
  | { readonly kind: 'compare-kept-mtime' }

const copy: Decision = { kind: 'copy' }
const same: Decision = { kind: 'skip', reason: 'same' }

/** `destination` null: nothing there. */
export function decide(source: Seen, destination: Seen | null, comparison: Comparison): Decision {
  if (destination === null) return copy
  switch (comparison.rule) {
    case 'always':
      return copy
    case 'never':
      return { kind: 'skip', reason: 'exists' }
    case 'if-newer':
      return isNewer(source, destination, comparison) ? copy : { kind: 'skip', reason: 'not-newer' }
    case 'when-different':
      return decideDifferent(source, destination, comparison)
  }
}

function decideDifferent(source: Seen, destination: Seen, comparison: Comparison): Decision {
  if (source.size !== destination.size) return copy
  const unlessType: Decision = comparison.contentTypes ? { kind: 'compare-content-types' } : same
  const equal = equalByMd5(source.etag, destination.etag)
  if (equal !== undefined) return equal ? unlessType : copy
  if (!timesDiffer(source, destination, comparison)) return unlessType
  return comparison.mtimeKept && comparison.mtimeInMetadata ? { kind: 'compare-kept-mtime' } : copy
}

function timesDiffer(source: Seen, destination: Seen, comparison: Comparison): boolean {
  return comparison.mtimeKept ? !isSameTime(source.mtimeMs, destination.mtimeMs, comparison) : isNewer(source, destination, comparison)
}

export function isSameTime(a: number, b: number, { resolutionMs }: Pick<Comparison, 'resolutionMs'>): boolean {
  return Math.abs(a - b) < Math.max(resolutionMs, 1)
}

function isNewer(source: Seen, destination: Seen, { resolutionMs, mtimeKept }: Comparison): boolean {
  const step = Math.max(resolutionMs, 1)
  if (mtimeKept) return source.mtimeMs - destination.mtimeMs >= step
  return Math.floor(source.mtimeMs / step) > Math.floor(destination.mtimeMs / step)
}

const md5Pattern = /^[0-9a-f]{32}$/i
export const isMd5 = (etag: string | undefined): etag is string => etag !== undefined && md5Pattern.test(etag)

/** Undefined where the ETags say nothing of the content. */
function equalByMd5(a: string | undefined, b: string | undefined): boolean | undefined {
  return isMd5(a) && isMd5(b) ? a.toLowerCase() === b.toLowerCase() : undefined
}
