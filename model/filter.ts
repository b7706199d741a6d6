/** What of the source a job is about: the start time point, sizes and globs. What these leave out is excluded. */
import type { JobOptions } from './job.ts'

export interface FilterFacts {
  readonly key: string
  readonly size: number
  readonly mtimeMs: number
  /** Size and time are not known: only the key counts. */
  readonly unseen?: true
}

/** True where any of the globs matches the key. Made outside: the model knows no glob library. */
export type KeyMatcher = (key: string) => boolean

export interface Filter {
  readonly sinceMs?: number
  readonly minSize?: number
  readonly maxSize?: number
  /** Absent: everything. */
  readonly include?: KeyMatcher
  /** Goes before `include`. */
  readonly exclude?: KeyMatcher
}

export function makeFilter(options: JobOptions, toMatcher: (globs: readonly string[]) => KeyMatcher): Filter {
  const { sinceMs, minSize, maxSize, include, exclude } = options
  return {
    sinceMs,
    minSize,
    maxSize,
    include: include.length === 0 ? undefined : toMatcher(include),
    exclude: exclude.length === 0 ? undefined : toMatcher(exclude),
  }
}

export function isExcluded(file: FilterFacts, filter: Filter): boolean {
  if (!file.unseen && isBeyond(file, filter)) return true
  if (filter.exclude?.(file.key)) return true
  return filter.include !== undefined && !filter.include(file.key)
}

function isBeyond({ size, mtimeMs }: FilterFacts, { sinceMs = -Infinity, minSize = 0, maxSize = Infinity }: Filter): boolean {
  return mtimeMs < sinceMs || size < minSize || size > maxSize
}
