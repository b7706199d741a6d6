/** What a destination cannot hold is told before anything is sent: a job drops such metadata, and reads no byte for such a name. */
import { describe, expect, it } from 'vitest'
import { openStorage, type ResolvedAddress } from '../../storage/open.ts'

const nowhere = 'http://store.invalid'
const addresses = {
  azblob: { vendor: 'azblob', endpoint: `${nowhere}/me`, account: 'me', accountKey: 'bWU=', container: 'photos' },
  gcs: { vendor: 'gcs', endpoint: nowhere, bucket: 'photos' },
  sftp: { vendor: 'sftp', host: 'store.invalid', user: 'me', password: 'mine', path: '/photos' },
  uss: { vendor: 'uss', domain: nowhere, service: 'photos', operator: 'me', password: 'mine' },
} satisfies Record<string, ResolvedAddress>

describe('told without a request', () => {
  it.each([
    ['azblob', 'a\\b', /backslash/],
    ['gcs', 'a\nb', /line feed/],
    ['sftp', 'a//b', /"\/\/"/],
    ['uss', 'a/../b', /not the name of a file/],
  ] as const)('%s holds no key %j', async (vendor, key, why) => {
    const storage = await openStorage(addresses[vendor])
    expect(storage.refuses?.key?.(key)).toMatch(why)
    expect(storage.refuses?.key?.('a/b')).toBeUndefined()
    await storage.close()
  })

  it.each([
    ['gcs', 'note', 'bell\x07', /control/],
    ['uss', 'secret', 'x', /order/],
    ['uss', 'a b', 'x', /name/],
  ] as const)('%s holds no metadata %s: %j', async (vendor, name, value, why) => {
    const storage = await openStorage(addresses[vendor])
    expect(storage.refuses?.metadata?.(name, value)).toMatch(why)
    expect(storage.refuses?.metadata?.('owner', 'Zoë')).toBeUndefined()
    await storage.close()
  })
})
