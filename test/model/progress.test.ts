import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addSample, bar, extentOf, fractionDone, secondsLeft, speedOf, type Sample } from '../../model/progress.ts'
import { addTally, type Tally } from '../../model/status.ts'

const tally = fc.record({ files: fc.nat(1e6), bytes: fc.nat(1e12) })

describe('progress', () => {
  it('knows the extent when the listing is complete, or when it was given', () => {
    const listed = { files: 10, bytes: 100 }
    expect(extentOf({ listed: { ...listed, complete: false }, expected: null })).toBeUndefined()
    expect(extentOf({ listed: { ...listed, complete: true }, expected: { files: 99, bytes: 99 } })).toMatchObject(listed)
    expect(extentOf({ listed: { ...listed, complete: false }, expected: { files: 50, bytes: 50 } })).toEqual({
      files: 50,
      bytes: 100,
    })
  })

  it('grows with what is done, reaches 1 only when all of it is, and never passes it', () => {
    fc.assert(
      fc.property(tally, tally, tally, (done, more, rest) => {
        const whole = addTally(addTally(done, more), rest)
        const before = fractionDone(whole, done)!
        const after = fractionDone(whole, addTally(done, more))!
        expect(before).toBeLessThanOrEqual(after)
        expect(after).toBeLessThanOrEqual(1)
        if (rest.files > 0) expect(after).toBeLessThan(1)
      }),
    )
  })

  it('is done when there is nothing', () => expect(fractionDone({ files: 0, bytes: 0 }, { files: 0, bytes: 0 })).toBe(1))

  it('says how long the rest takes at the speed of the samples', () => {
    const at = (seconds: number, files: number): Sample => ({ atMs: seconds * 1000, done: { files, bytes: files * 1000 } })
    const speed = speedOf([at(0, 0), at(10, 100)])!
    expect(speed).toMatchObject({ filesPerSecond: 10, bytesPerSecond: 10_000 })
    const extent: Tally = { files: 300, bytes: 300_000 }
    expect(secondsLeft(extent, { files: 100, bytes: 100_000 }, speed.costPerSecond)).toBe(20)
    expect(secondsLeft(extent, extent, 0)).toBe(0)
    expect(secondsLeft(extent, { files: 0, bytes: 0 }, 0)).toBeNull()
    expect(secondsLeft(undefined, extent, 1)).toBeNull()
  })

  it('keeps a window of samples and one before it', () => {
    const seconds = [0, 1, 5, 9, 12, 20]
    const samples = seconds.reduce<readonly Sample[]>(
      (kept, s) => addSample(kept, { atMs: s * 1000, done: { files: s, bytes: 0 } }, 10_000),
      [],
    )
    expect(samples.map(({ atMs }) => atMs / 1000)).toEqual([9, 12, 20])
    expect(addSample(samples, { atMs: 900_000, done: { files: 21, bytes: 0 } }, 10_000)).toHaveLength(2)
  })

  it('draws a bar of the width asked for, full only at 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 60 }), (fraction, width) => {
        const drawn = bar(fraction, width)
        expect([...drawn]).toHaveLength(width)
        expect(drawn === '█'.repeat(width)).toBe(fraction === 1)
      }),
    )
    expect(bar(undefined, 4)).toBe('░░░░')
  })
})
