/** Globs on keys: `**` crosses `/`, `*` does not; names that begin with a dot are like any other. */
import picomatch from 'picomatch'
import type { KeyMatcher } from '../model/filter.ts'

export function toMatcher(globs: readonly string[]): KeyMatcher {
  const matches = picomatch([...globs], { dot: true })
  return (key) => matches(key)
}
