/** A seed for a test that draws at random, said aloud so that what it found can be found again: SEED=… repeats it. */
export function printedSeed(what: string): number {
  const seed = process.env.SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.SEED)
  console.log(`${what}: SEED=${seed}`)
  return seed
}
