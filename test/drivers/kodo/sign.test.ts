import { describe, expect, it } from 'vitest'
import { signManagement, signUrl, toKeys } from '../../../storage/drivers/kodo/sign.ts'

const keys = toKeys('MY_ACCESS_KEY', 'MY_SECRET_KEY')

describe('signatures of KODO', () => {
  it('of a private download are those that the Python SDK makes', () => {
    const nowMs = (1_451_491_200 - 3600) * 1000
    expect(signUrl(keys, 'http://78re52.com1.z0.glb.clouddn.com/resource/flower.jpg', nowMs)).toBe(
      'http://78re52.com1.z0.glb.clouddn.com/resource/flower.jpg?e=1451491200&token=MY_ACCESS_KEY:438dd8pXocjYuF-6dTcKMtETB2g=',
    )
  })

  it('of a listing are those that the Python SDK makes', () => {
    const request = {
      method: 'GET',
      host: 'rsf.qiniuapi.com',
      path: '/list?bucket=photos&limit=1000&prefix=a%20b%2F',
      contentType: 'application/x-www-form-urlencoded',
      date: '20261123T150000Z',
    }
    expect(signManagement(keys, request)).toBe('Qiniu MY_ACCESS_KEY:EoDm1FDqZknLLcmX5EhRGXcTbAc=')
  })
})
