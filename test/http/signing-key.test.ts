import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SigningKey } from '../../storage/http/signing-key.ts'

describe('a signing key', () => {
  it('signs one text after the other, of any length, as HMAC-SHA-256 does', () => {
    const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 2_000 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.array(latin1, { minLength: 1, maxLength: 4 }), fc.constantFrom('hex', 'base64'), (bytes, texts, encoding) => {
        const key = new SigningKey(Buffer.from(bytes))
        for (const text of texts) expect(key.sign(text, encoding)).toBe(createHmac('sha256', bytes).update(text, 'latin1').digest(encoding))
      }),
    )
  })
})
