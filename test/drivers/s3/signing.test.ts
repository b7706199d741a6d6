import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SigningKey } from '../../../storage/drivers/s3/signing.ts'

describe('a signing key', () => {
  it('signs one text after the other, of any length, as HMAC-SHA-256 does', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 2_000 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.array(ascii, { minLength: 1, maxLength: 4 }), (bytes, texts) => {
        const key = new SigningKey(Buffer.from(bytes))
        for (const text of texts) expect(key.sign(text)).toBe(createHmac('sha256', bytes).update(text).digest('hex'))
      }),
    )
  })
})
