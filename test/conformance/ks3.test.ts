import { startStoreTarget } from './store-target.ts'
import { conformance } from './suite.ts'

conformance('ks3', () =>
  startStoreTarget({
    vendor: 'ks3',
    bucket: 'conformance',
    archiveClass: 'ARCHIVE',
    address: ({ endpoint, region }, { bucket, id, secret }) => ({ vendor: 'ks3', endpoint, region, bucket, accessKey: id, secretKey: secret }),
  }),
)
