import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codesDoc, codesDocFile } from '../../scripts/codes-doc.ts'

describe('docs/codes.md', () => {
  it('is current: node scripts/codes-doc.ts writes it', () => expect(readFileSync(codesDocFile, 'utf8')).toBe(codesDoc()))

  it('says of every code of a file when it is given', () => expect(codesDoc()).not.toMatch(/\| `\w+` \| *\|/))
})
