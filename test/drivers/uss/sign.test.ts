import { describe, expect, it } from 'vitest'
import { signer } from '../../../storage/drivers/uss/sign.ts'

describe("UPYUN's signature", () => {
  it('is that of the example in its documentation', () => {
    const sign = signer('operator123', 'password123')
    const nowMs = Date.UTC(2016, 10, 9, 14, 26, 58)
    expect(sign({ method: 'PUT', path: '/upyun-temp/demo.jpg', contentMd5: '7ac66c0f148de9519b8bd264312c4d64' }, nowMs)).toEqual({
      date: 'Wed, 09 Nov 2016 14:26:58 GMT',
      authorization: 'UPYUN operator123:YUaAZX+WNAcJdNGHS5SBlITME5A=',
    })
  })
})
