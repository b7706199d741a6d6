/** What a random sample says of all: the exact (hypergeometric) bound, of which "3 divided by the sample" is the rule of thumb. Pure. */

export interface Sampled {
  readonly files: number
  /** Chosen at random of `files`, without putting back. */
  readonly read: number
  /** Of those read. */
  readonly differing: number
}

/** A chance that is exactly the bound must not depend on how logarithms were rounded. */
const rounding = 1e-9

/** The most of all files that may differ: were it one more, a sample this good would come in fewer than 1 - `confidence` of all cases. */
export function mostDiffering(sampled: Sampled, confidence = 0.95): number {
  const { files, read, differing } = sampled
  let possible = differing
  let refuted = files - (read - differing) + 1
  while (refuted - possible > 1) {
    const middle = Math.floor((possible + refuted) / 2)
    if (chanceOfAtMost(differing, middle, sampled) > (1 - confidence) * (1 + rounding)) possible = middle
    else refuted = middle
  }
  return possible
}

/** That of `bad` among all files at most `found` are in the sample. */
function chanceOfAtMost(found: number, bad: number, { files, read }: Sampled): number {
  const all = logChoose(files, read)
  let chance = 0
  for (let x = Math.max(0, read - (files - bad)); x <= Math.min(found, bad); x++)
    chance += Math.exp(logChoose(bad, x) + logChoose(files - bad, read - x) - all)
  return chance
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k)

/** Exact below 256, Stirling's series above. */
const logFactorials = Array.from({ length: 256 }, () => 0)
for (let n = 2; n < 256; n++) logFactorials[n] = (logFactorials[n - 1] ?? 0) + Math.log(n)
const logFactorial = (n: number): number =>
  logFactorials[n] ?? n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3)
