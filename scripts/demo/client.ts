import OSS from 'ali-oss'
import type { Bucket } from './bucket.ts'

/** Alibaba's own client, as somebody else's code would read the bucket. */
export const clientOf = (bucket: Bucket): OSS =>
  new OSS(pathStyle({
    endpoint: bucket.endpoint, region: `oss-${bucket.region}`, bucket: bucket.name,
    accessKeyId: bucket.accessKeyId, accessKeySecret: bucket.accessKeySecret,
  }))

/** Options of ali-oss that its types lack. */
const pathStyle = (options: OSS.Options): OSS.Options => Object.assign(options, { sldEnable: true, authorizationV4: true })
