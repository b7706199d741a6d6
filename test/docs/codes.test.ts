import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { proofs } from './proofs.ts'
import { codesDoc, codesDocFile } from '../../scripts/codes-doc.ts'

describe('docs/codes.md', () => {
  it.each(Object.entries(proofs))('%s is provoked where it says so', (code, file) => {
    expect(readFileSync(join(import.meta.dirname, '..', file), 'utf8')).toMatch(new RegExp(`\\b${code}\\b`))
  })

  it('is current: node scripts/codes-doc.ts writes it', () => expect(readFileSync(codesDocFile, 'utf8')).toBe(codesDoc()))

  it('says of every code of a file when it is given', () => expect(codesDoc()).not.toMatch(/\| `\w+` \| *\|/))
})
