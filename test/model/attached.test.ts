import { describe, expect, it } from 'vitest'
import { mapAttached, type AttachedRules } from '../../model/attached.ts'

const rules: AttachedRules = { policy: 'drop', maxTags: 2, holdsTag: (name) => !name.includes('@'), rights: true }

describe('what of tags and rights a destination takes', () => {
  it.each([
    ['what it holds', { tags: { a: '1' }, acl: 'public-read' }, {}, { tags: { a: '1' }, acl: 'public-read' }, []],
    ['no more tags than it holds', { tags: { a: '1', b: '2', c: '3' } }, {}, { tags: { a: '1', b: '2' } }, ['tag "c"']],
    ['no tag that it cannot hold', { tags: { 'a@b': '1', c: '2' } }, {}, { tags: { c: '2' } }, ['tag "a@b"']],
    ['no tags where it has none', { tags: { a: '1' } }, { maxTags: 0 }, {}, ['tag "a"']],
    ['no right where it has none', { acl: 'public-read-write' }, { rights: false }, {}, ['access right public-read-write']],
    ['nothing lost by a private object', { acl: 'private' }, { rights: false }, {}, []],
    ['nothing where nothing was', {}, {}, {}, []],
  ] as const)('%s', (_, given, changed, attached, dropped) => {
    expect(mapAttached(given, { ...rules, ...changed })).toEqual({ kind: 'ok', attached, dropped })
  })

  it('says by name what it cannot take, where that is to fail', () => {
    const mapped = mapAttached({ tags: { a: '1' }, acl: 'public-read' }, { ...rules, policy: 'fail', maxTags: 0, rights: false })
    expect(mapped).toMatchObject({ kind: 'unsupported', sentence: expect.stringMatching(/tag "a", access right public-read/) })
  })
})
