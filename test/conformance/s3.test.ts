import { openStorage } from '../../storage/open.ts'
import { startVersitygw } from '../support/versitygw.ts'
import { conformance } from './suite.ts'

conformance('s3', async () => {
  const server = await startVersitygw()
  await server.makeBucket('conformance')
  const { endpoint, region, accessKeyId, secretAccessKey } = server
  const address = { vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: 'conformance' } as const
  return {
    storage: await openStorage(address),
    failing: {
      'no-bucket': await openStorage({ ...address, bucket: 'missing' }),
      'bad-access-key': await openStorage({ ...address, accessKeyId: 'nobody' }),
      'bad-secret': await openStorage({ ...address, secretAccessKey: 'wrong-secret' }),
    },
    refuses: [{ keys: /[^/]{256}/, reason: 'versitygw keeps objects as files, whose names have at most 255 bytes' }],
    quirks: {
      'names within names': 'versitygw keeps objects as files, and a file system holds a file or a folder of one name',
      'odd names': 'versitygw cleans keys like paths: // becomes /, a leading / goes, dots are refused',
      'control characters': 'versitygw ignores encoding-type and lists them as U+FFFD',
      rights: 'versitygw answers neither to x-amz-acl of an object nor to ?acl',
      archives: 'versitygw has no archive classes',
      'concurrent conditions': 'versitygw looks for the object before it takes the body, so that several may win',
    },
    stop: () => server.stop(),
  }
})
