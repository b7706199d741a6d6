import { describe, expect, it } from 'vitest'
import { didYouMean, suggest } from '../../model/suggest.ts'

describe('suggestions', () => {
  const fields = ['region', 'endpoint', 'bucket', 'accessKeyId', 'secretAccessKey']
  it.each([
    ['regoin', 'region'],
    ['Region', 'region'],
    ['buckets', 'bucket'],
    ['accesskeyid', 'accessKeyId'],
    ['endpiont', 'endpoint'],
  ])('takes %s for %s', (typed, meant) => expect(suggest(typed, fields)).toBe(meant))
  it('says nothing about what is like no other', () => {
    expect(suggest('colour', fields)).toBeUndefined()
    expect(didYouMean('colour', fields)).toBe('')
  })
})
