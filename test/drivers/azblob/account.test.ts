import { describe, expect, it } from 'vitest'
import { accountFault, toAccount } from '../../../storage/drivers/azblob/account.ts'

const connectionString = 'DefaultEndpointsProtocol=https;AccountName=mine;AccountKey=a2V5==;EndpointSuffix=core.chinacloudapi.cn'

describe('the account of an address', () => {
  it.each([
    [{ connectionString }, { name: 'mine', endpoint: 'https://mine.blob.core.chinacloudapi.cn', credential: { kind: 'key', key: 'a2V5==' } }],
    [
      { connectionString: 'BlobEndpoint=https://mine.blob.core.windows.net/;SharedAccessSignature=sv=2024&sig=a%3D' },
      { name: '', endpoint: 'https://mine.blob.core.windows.net', credential: { kind: 'sas', token: 'sv=2024&sig=a%3D' } },
    ],
    [{ account: 'mine', accountKey: 'a2V5' }, { name: 'mine', endpoint: 'https://mine.blob.core.windows.net', credential: { kind: 'key', key: 'a2V5' } }],
    [
      { account: 'mine', sasToken: '?sv=2024&sig=x', endpoint: 'https://mine.blob.core.chinacloudapi.cn/' },
      { name: 'mine', endpoint: 'https://mine.blob.core.chinacloudapi.cn', credential: { kind: 'sas', token: 'sv=2024&sig=x' } },
    ],
  ] as const)('is read from %o', (given, account) => {
    expect(accountFault(given)).toBeUndefined()
    expect(toAccount(given)).toEqual(account)
  })

  it.each([
    [{}, /^account is missing: give connectionString, or/],
    [{ account: 'mine' }, /^accountKey or sasToken is missing/],
    [{ account: 'mine', accountKey: 'k', sasToken: 's' }, /^accountKey stands beside sasToken/],
    [{ accountKey: 'k' }, /^account is missing/],
    [{ connectionString, account: 'mine' }, /^account stands beside connectionString/],
    [{ connectionString, sasToken: 's' }, /^sasToken stands beside connectionString/],
    [{ connectionString, endpoint: 'https://x' }, /^endpoint stands beside connectionString/],
    [{ connectionString: 'nonsense' }, /neither AccountName nor BlobEndpoint/],
    [{ connectionString: 'AccountName=mine' }, /neither AccountKey nor SharedAccessSignature/],
    [{ connectionString: 'BlobEndpoint=https://x;AccountKey=k' }, /no AccountName/],
  ])('is not read from %o, with a sentence and no secret', (given, sentence) => {
    expect(accountFault(given)).toMatch(sentence)
    expect(accountFault(given)).not.toContain('a2V5')
  })
})
