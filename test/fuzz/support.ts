/** Properties of parsers: whatever comes, they answer, or fail as they say they do, with one sentence. */
import fc from 'fast-check'
import { expect } from 'vitest'

/** Text made of pieces that mean something to the parser, and of anything else. */
export const textOf = (...pieces: string[]): fc.Arbitrary<string> =>
  fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) }), { maxLength: 30 }).map((parts) => parts.join(''))

/** Pieces over and over: what makes a bad pattern take for ever. */
export const longTexts = (...pieces: string[]): string[] =>
  pieces.flatMap((piece) => [piece.repeat(50_000), `${piece.repeat(50_000)}!`, `1${piece.repeat(50_000)}`])

/** The answer; undefined where it failed as it may. */
export function answerOf<T>(parse: () => T, isExpected: (error: unknown) => boolean): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (!isExpected(error)) throw error
    expect((error as Error).message).toMatch(/\S/)
    return undefined
  }
}
