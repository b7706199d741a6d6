import { startStoreTarget } from './store-target.ts'
import { conformance } from './suite.ts'

conformance('kodo', () =>
  startStoreTarget({
    vendor: 'kodo',
    bucket: 'conformance',
    address: ({ endpoint, region }, { bucket, id, secret }) => ({ vendor: 'kodo', endpoint, region, bucket, accessKey: id, secretKey: secret }),
    refuses: [
      { keys: /^\//, reason: 'the S3 door of KODO forbids them' },
      { keys: /[\x00-\x1f\x7f]/, reason: 'the S3 door of KODO cannot list control characters' },
    ],
  }),
)
