import { startStoreTarget } from './store-target.ts'
import { conformance } from './suite.ts'

conformance('bos', () =>
  startStoreTarget({
    vendor: 'bos',
    bucket: 'conformance',
    address: ({ endpoint, region }, { bucket, id, secret }) => ({ vendor: 'bos', endpoint, region, bucket, accessKey: id, secretKey: secret }),
    refuses: [
      { keys: /^\//, reason: 'BOS forbids them' },
      { keys: /(^|\/)\.\.?(\/|$)/, reason: 'BOS forbids dots as names' },
    ],
  }),
)
