/** What a person who mistyped a name probably meant. */

/** The candidate nearest to `text`, if it is near enough to be meant; upper and lower case count as the same. */
export function suggest(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = text.toLowerCase()
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** ` Did you mean "region"?`, or nothing: to be put behind a sentence. */
export function didYouMean(text: string, candidates: Iterable<string>): string {
  const meant = suggest(text, candidates)
  return meant === undefined ? '' : ` Did you mean "${meant}"?`
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const steps = [last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1)]
      current.push(Math.min(...steps, swapped ? beforeLast[column - 2]! + 1 : Infinity))
    }
    ;[beforeLast, last] = [last, current]
  }
  return last[b.length]!
}
