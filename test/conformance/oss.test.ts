import { openStorage } from '../../storage/open.ts'
import { startOssServer } from '../servers/stores/server.ts'
import { conformance } from './suite.ts'
import { impatient } from './target.ts'

conformance('oss', async () => {
  const key = { accessKeyId: 'test-access', accessKeySecret: 'test-secret' }
  const reader = { accessKeyId: 'none', accessKeySecret: 'test-secret', rights: 'none' } as const
  const throttled = { accessKeyId: 'throttled', accessKeySecret: 'test-secret' }
  const broken = { accessKeyId: 'broken', accessKeySecret: 'test-secret' }
  const server = await startOssServer({ buckets: [{ name: 'conformance' }], keys: [key, reader, throttled, broken], restoreDelayMs: 200 })
  server.faults.add({ accessKeyId: 'throttled', do: { kind: 'error', code: 'SlowDown', status: 503 } })
  server.faults.add({ accessKeyId: 'broken', do: { kind: 'error', code: 'InternalError', status: 500 } })
  const address = { vendor: 'oss', endpoint: server.endpoint, region: server.region, bucket: 'conformance', ...key } as const
  return {
    storage: await openStorage(address),
    failing: {
      'no-bucket': await openStorage({ ...address, bucket: 'missing' }),
      'bad-access-key': await openStorage({ ...address, accessKeyId: 'nobody' }),
      'bad-secret': await openStorage({ ...address, accessKeySecret: 'wrong-secret' }),
      forbidden: await openStorage({ ...address, ...reader }),
      throttled: await openStorage({ ...address, ...throttled }, impatient),
      unavailable: await openStorage({ ...address, ...broken }),
    },
    archiveClass: 'Archive',
    refuses: [
      { keys: /^[/\\]/, reason: 'OSS forbids them' },
      { keys: /^[^]{1024}$/, reason: 'OSS keys have at most 1,023 bytes' },
    ],
    stop: () => server.close(),
  }
})
