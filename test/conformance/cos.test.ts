import { startStoreTarget } from './store-target.ts'
import { conformance } from './suite.ts'

conformance('cos', () =>
  startStoreTarget({
    vendor: 'cos',
    bucket: 'conformance-1250000000',
    address: ({ endpoint, region }, { bucket, id, secret }) => ({ vendor: 'cos', endpoint, region, bucket, secretId: id, secretKey: secret }),
    archiveClass: 'ARCHIVE',
    refuses: [
      { keys: /^[/\\]/, reason: 'COS forbids them' },
      { keys: /[\x18-\x1b]/, reason: 'COS forbids these control characters' },
      { keys: /^[^]{851,}$/, reason: 'COS keys have at most 850 bytes' },
    ],
  }),
)
