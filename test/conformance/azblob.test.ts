import { ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob'
import { openStorage } from '../../storage/open.ts'
import { startAzblobServer } from '../servers/azblob/server.ts'
import { conformance } from './suite.ts'

conformance('azblob', async () => {
  const server = await startAzblobServer()
  await server.makeContainer('conformance')
  const { endpoint, account, accountKey } = server
  const address = { vendor: 'azblob', endpoint, account, accountKey, container: 'conformance' } as const
  const permissions = ContainerSASPermissions.parse('t')
  const sasToken = generateBlobSASQueryParameters({ containerName: 'conformance', permissions, expiresOn: new Date(Date.now() + 3_600_000) }, server.credential).toString()
  return {
    storage: await openStorage(address),
    failing: {
      'no-bucket': await openStorage({ ...address, container: 'missing' }),
      'bad-access-key': await openStorage({ ...address, account: 'nobody', endpoint: endpoint.replace(account, 'nobody') }),
      'bad-secret': await openStorage({ ...address, accountKey: Buffer.from('wrong-secret').toString('base64') }),
      forbidden: await openStorage({ vendor: 'azblob', endpoint, account, sasToken, container: 'conformance' }),
    },
    quirks: { archives: 'azurite brings archived blobs back at once' },
    refuses: [
      { keys: /\\/, reason: 'Azure makes it a slash' },
      { keys: /\.(\/|$)/, reason: 'Azure takes dots off the end of a name between slashes' },
      { keys: /[\x00-\x1f\x7f-\x9f]/, reason: 'Azure takes no control characters' },
      { keys: /[\ue000-\uf8ff]|\u{10ffff}/u, reason: 'Azure takes no private or unassignable code points' },
    ],
    stop: () => server.stop(),
  }
})
