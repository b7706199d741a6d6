import { afterEach, describe, expect, it, vi } from 'vitest'
import { awsChain, fixedCredentials, refreshedCredentials, type FetchCredentials } from '../../../storage/drivers/s3/credentials.ts'
import type { Credentials } from '../../../storage/drivers/s3/signing.ts'

const minuteMs = 60_000

describe('credentials that expire', () => {
  it('are fetched anew shortly before, once for all calls that come together', async () => {
    let now = 0
    let fetched = 0
    const source = refreshedCredentials(
      async (): Promise<Credentials> => {
        fetched++
        return { accessKeyId: `id${fetched}`, secret: 's', expiresAtMs: now + 60 * minuteMs }
      },
      () => now,
    )

    expect(await Promise.all([source.current(), source.current()])).toMatchObject([{ accessKeyId: 'id1' }, { accessKeyId: 'id1' }])
    now = 54 * minuteMs
    expect(source.current()).toMatchObject({ accessKeyId: 'id1' })
    now = 56 * minuteMs
    expect(await source.current()).toMatchObject({ accessKeyId: 'id2' })
    expect(fetched).toBe(2)
  })

  it('are asked for again after a failure', async () => {
    const fetch = vi
      .fn<() => Promise<Credentials>>()
      .mockRejectedValueOnce(new Error('no'))
      .mockResolvedValue({ accessKeyId: 'id', secret: 's' })
    const source = refreshedCredentials(fetch, () => 0)
    await expect(source.current()).rejects.toThrow('no')
    expect(await source.current()).toMatchObject({ accessKeyId: 'id' })
    expect(source.current()).toMatchObject({ accessKeyId: 'id' })
    expect(fetch).toHaveBeenCalledTimes(2)
  })
})

describe('credentials that the store calls expired', () => {
  const identity = (id: string): Credentials => ({ accessKeyId: id, secret: 's' })

  it('are fetched anew, once for all calls that were refused', async () => {
    const fetch = vi.fn<FetchCredentials>().mockResolvedValueOnce(identity('old')).mockResolvedValue(identity('new'))
    const source = refreshedCredentials(fetch, () => 0)
    const old = await source.current()
    expect(await Promise.all([source.renewed(old), source.renewed(old)])).toEqual([identity('new'), identity('new')])
    expect(await source.renewed(old)).toEqual(identity('new'))
    expect(source.current()).toEqual(identity('new'))
    expect(fetch.mock.calls).toEqual([[{ anew: false }], [{ anew: true }]])
  })

  it('are given up where the source has no others', async () => {
    const source = refreshedCredentials(async () => identity('only'), () => 0)
    expect(await source.renewed(await source.current())).toBeUndefined()
    expect(await fixedCredentials(identity('fixed')).renewed(identity('fixed'))).toBeUndefined()
  })

  it('that live for seconds are kept for most of them', async () => {
    let now = 0
    const fetch = vi.fn<FetchCredentials>(async () => ({ ...identity('short'), expiresAtMs: now + 20_000 }))
    const source = refreshedCredentials(fetch, () => now)
    for (now of [0, 5_000, 14_000]) await source.current()
    expect(fetch).toHaveBeenCalledTimes(1)
    now = 16_000
    await source.current()
    expect(fetch).toHaveBeenCalledTimes(2)
  })
})

describe('the AWS credential chain', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('finds keys in the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'from-env')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    vi.stubEnv('AWS_SESSION_TOKEN', 'token')
    expect(await awsChain('us-east-1')({ anew: false })).toMatchObject({ accessKeyId: 'from-env', secret: 'secret', token: 'token' })
  })

  it('says what to do where it finds none', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent')
    await expect(awsChain('us-east-1')({ anew: false })).rejects.toMatchObject({
      kind: 'bad-access-key',
      scope: 'address',
      message: expect.stringContaining('accessKeyId'),
    })
  })
})
