import OSS from 'ali-oss'
import type { Bucket } from './bucket.ts'

/** Alibaba's own client, as somebody else's code would read the bucket. */
export const clientOf = (bucket: Bucket): OSS =>
  new OSS({
    endpoint: bucket.endpoint, region: `oss-${bucket.region}`, bucket: bucket.name,
    accessKeyId: bucket.accessKeyId, accessKeySecret: bucket.accessKeySecret, ...{ sldEnable: true, authorizationV4: true },
  })
