import { openStorage } from '../../storage/open.ts'
import { startGcsServer } from '../servers/gcs/server.ts'
import { faults } from '../servers/gcs/faults.ts'
import { conformance } from './suite.ts'
import { impatient } from './target.ts'

conformance('gcs', async () => {
  const server = await startGcsServer({
    buckets: ['conformance'],
    faults: { unknown: faults.badToken, foreign: faults.forbidden, busy: faults.throttled, broken: faults.broken },
  })
  const open = (bucket: string) => openStorage({ vendor: 'gcs', endpoint: server.endpoint, bucket }, bucket === 'busy' ? impatient : {})
  return {
    storage: await open('conformance'),
    failing: {
      'no-bucket': await open('missing'),
      'bad-secret': await open('unknown'),
      forbidden: await open('foreign'),
      throttled: await open('busy'),
      unavailable: await open('broken'),
    },
    refuses: [
      { keys: /[\r\n]/, reason: 'Cloud Storage forbids line ends in keys' },
      { keys: /^\.{1,2}$/, reason: 'Cloud Storage forbids these two keys' },
    ],
    stop: () => server.close(),
  }
})
