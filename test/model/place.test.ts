import { describe, expect, it } from 'vitest'
import { keyThrough, overlaps } from '../../model/place.ts'

const bucket = (prefix: string, endpoint = 'https://s3.example.com') => ({ endpoint, bucket: 'photos', prefix })
const folder = (root: string, mountPoint: string) => ({ endpoint: 'file:', bucket: mountPoint, prefix: '', root })

describe('two places', () => {
  it('overlap when they are one, or one lies within the other', () => {
    expect(overlaps(bucket(''), bucket(''))).toBe(true)
    expect(overlaps(bucket('a/'), bucket('a/b/'))).toBe(true)
    expect(overlaps(bucket(''), bucket('a/'))).toBe(true)
    expect(overlaps(folder('/data/', 'nas-1'), folder('/data/below/', '/data/below'))).toBe(true)
  })

  it('stand side by side when only their names begin alike', () => {
    expect(overlaps(bucket('a/'), bucket('ab/'))).toBe(false)
    expect(overlaps(bucket(''), bucket('', 'https://s3.example.org'))).toBe(false)
    expect(overlaps(folder('/data/', 'nas-1'), folder('/database/', 'nas-1'))).toBe(false)
  })

  it('show under which key one would see what the other wrote', () => {
    expect(keyThrough(bucket('a/b/'), bucket('a/'), 'x')).toBe('b/x')
    expect(keyThrough(bucket('a/'), bucket('c/'), 'x')).toBeUndefined()
  })
})
