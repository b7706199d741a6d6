import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { describeChange, effectOf, maxGlobsLength, needsCut, readChange, withChanged } from '../../model/change.ts'
import { isOpenEnded } from '../../model/glob.ts'
import { jobDefaults, priorityOf, type JobOptions } from '../../model/job.ts'

const options: JobOptions = { ...jobDefaults, job: 'photos', source: 'a', destination: 'b', timeZone: 'UTC', include: ['**/*.jpg'], maxSize: 10 }

describe('a change of a job', () => {
  it('is read as people type it', () => {
    expect(readChange({ window: 200, overwrite: 'never', include: [], exclude: ['**/*.tmp'], minSize: '10MB', maxSize: null, priority: 1, by: 'ann' })).toEqual({
      window: 200, overwrite: 'never', include: [], exclude: ['**/*.tmp'], minSize: 10_000_000, maxSize: null, priority: 1,
    })
    expect(readChange({ minSize: 0 })).toEqual({ minSize: 0 })
  })

  it.each([
    [{}, 'change takes one of window, overwrite, include, exclude, minSize, maxSize, priority, as {"window": 40}.'],
    [{ window: 0 }, 'change: window must be a whole number from 1 to 200.'],
    [{ window: 201 }, 'change: window must be a whole number from 1 to 200.'],
    [{ window: '20' }, 'change: window must be a whole number from 1 to 200.'],
    [{ window: 1.5 }, 'change: window must be a whole number from 1 to 200.'],
    [{ priority: 6 }, 'change: priority must be a whole number from 1 to 5.'],
    [{ priority: null }, 'change: priority must be a whole number from 1 to 5.'],
    [{ overwrite: 'nevr' }, 'change: overwrite must be one of when-different, never, always, if-newer. Did you mean "never"?'],
    [{ overwrite: true }, 'change: overwrite must be one of when-different, never, always, if-newer.'],
    [{ include: '**/*.jpg' }, 'change: include must be a list of globs, as ["**/*.jpg"]; [] takes all away.'],
    [{ exclude: [1] }, 'change: exclude must be a list of globs, as ["**/*.jpg"]; [] takes all away.'],
    [{ exclude: ['a', ''] }, 'change: exclude: "" is not a glob: write **/*.jpg, and \\ before a bracket that is meant literally.'],
    [{ include: ['a{b'] }, 'change: include: "a{b" is not a glob: write **/*.jpg, and \\ before a bracket that is meant literally.'],
    [{ include: ['x'.repeat(maxGlobsLength), 'y'] }, 'change: the globs of include have more than 1000 characters: make them fewer or shorter.'],
    [{ minSize: -1 }, 'change: minSize must be a size, as 10000000 or "10MB"; null takes it away.'],
    [{ maxSize: 1e300 }, 'change: maxSize must be a size, as 10000000 or "10MB"; null takes it away.'],
    [{ maxSize: '10 apples' }, '"10 apples" is not a size: write a number of bytes, or 10kB, 10MB, 10MiB, 1GiB.'],
  ])('%j is refused with a sentence', (fields, sentence) => {
    expect(() => readChange(fields)).toThrow(new RangeError(sentence))
  })

  it('lies over the options that the job was made with', () => {
    expect(withChanged(options, undefined)).toBe(options)
    expect(withChanged(options, { window: 7, minSize: 5 })).toEqual({ ...options, window: 7, minSize: 5 })
    const { maxSize: _, ...unbounded } = options
    expect(withChanged(options, { include: [], maxSize: null })).toEqual({ ...unbounded, include: [] })
  })

  it('is told in few words, however long its globs are', () => {
    expect(describeChange({ window: 40, overwrite: 'never', include: ['a', 'b'], exclude: [], maxSize: null })).toBe('window 40, overwrite never, include a b, exclude none, maxSize none')
    const long = describeChange({ exclude: ['line\nbreak', 'x'.repeat(900)] })
    expect(long).toMatch(/^exclude line break x+…$/)
    expect(long).toHaveLength(120)
  })

  it('says when it counts', () => {
    expect(effectOf({ window: 40 }, true)).toBe('The new window counts at once.')
    expect(effectOf({ window: 40, priority: 1, exclude: [] }, false)).toBe('The new window, priority count at once. The filters count for what is listed from now on.')
    expect(effectOf({ minSize: 1 }, true)).toBe('All of this run is listed already: the filters count from the next run on.')
  })

  it('begins again what is in flight only where a batch carries what was changed', () => {
    expect([{ window: 1 }, { exclude: [] }, { maxSize: null }].map(needsCut)).toEqual([false, false, false])
    expect([{ overwrite: 'never' } as const, { priority: 5 }].map(needsCut)).toEqual([true, true])
  })
})

describe('brackets of a glob that are never closed', () => {
  it.each(['[', 'a{b', '(a', 'a)', '{a,b', '+(a|b', 'x[y'])('%s is refused, as the glob library would', (glob) => {
    expect(isOpenEnded(glob)).toBe(true)
    expect(() => picomatch.makeRe(glob, { strictBrackets: true })).toThrow()
  })

  it.each(['**/*.jpg', 'a[b-d]', '{a,b}/**', '+(a|b)', '!(x)', '\\[', 'a\\(b', 'a}', '[]]', '[^]a]', '"["'])('%s is taken', (glob) => {
    expect(isOpenEnded(glob)).toBe(false)
  })
})

it('a job without a priority has the middle one, and takes turns under its name', () => {
  expect(priorityOf(options)).toEqual({ priorityKey: 3, fairnessKey: 'photos' })
  expect(priorityOf({ job: 'big', priority: 5 })).toEqual({ priorityKey: 5, fairnessKey: 'big' })
})
