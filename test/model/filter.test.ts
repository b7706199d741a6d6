import { describe, expect, it } from 'vitest'
import { toMatcher } from '../../listing/globs.ts'
import { isExcluded, makeFilter } from '../../model/filter.ts'
import type { JobOptions } from '../../model/job.ts'
import { jobOptions } from '../copy/support.ts'

const excludes = (options: Partial<JobOptions>, file: { key?: string; size?: number; mtimeMs?: number }) =>
  isExcluded({ key: 'a', size: 10, mtimeMs: 1_000, ...file }, makeFilter(jobOptions(options), toMatcher))

describe('filters', () => {
  it('leave out nothing unless asked', () => {
    expect(excludes({}, {})).toBe(false)
  })

  it.each<[Partial<JobOptions>, string, boolean]>([
    [{ include: ['*.jpg'] }, 'a.jpg', false],
    [{ include: ['*.jpg'] }, 'dir/a.jpg', true],
    [{ include: ['**/*.jpg'] }, 'a.jpg', false],
    [{ include: ['**/*.jpg'] }, 'very/deep/.hidden/a.jpg', false],
    [{ include: ['**/*.jpg', 'docs/**'] }, 'docs/x/y.pdf', false],
    [{ exclude: ['tmp/**'] }, 'tmp/x/y', true],
    [{ exclude: ['tmp/**'] }, 'tmpx/y', false],
    [{ include: ['**'], exclude: ['**/.git/**'] }, 'a/.git/config', true],
    [{ include: ['a[1].txt'] }, 'a1.txt', false],
  ])('%j on %s: excluded %s', (options, key, expected) => {
    expect(excludes(options, { key })).toBe(expected)
  })

  it('take sizes and times at their bounds', () => {
    expect([9, 10, 11].map((size) => excludes({ minSize: 10, maxSize: 10 }, { size }))).toEqual([true, false, true])
    expect([999, 1_000].map((mtimeMs) => excludes({ sinceMs: 1_000 }, { mtimeMs }))).toEqual([true, false])
  })
})
