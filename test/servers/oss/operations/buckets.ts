import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { bucketOf, isBucketName, isoTime, stamp, type Context } from '../context.ts'
import { OssError } from '../error.ts'
import { storageClassOf } from '../metadata.ts'
import { receiveText } from '../receive.ts'
import type { Bucket } from '../store/model.ts'
import { document, element, elementTexts, node } from '../xml.ts'

export const owner = node('Owner', element('ID', '1000000000000000'), element('DisplayName', '1000000000000000'))

export function listBuckets({ store, request }: Context): Answer {
  const prefix = request.query.get('prefix') ?? ''
  const buckets = store.buckets().filter(bucket => bucket.name.startsWith(prefix))
  return xmlAnswer(
    document(
      node('ListAllMyBucketsResult', owner, node('Buckets', ...buckets.map(bucket => node('Bucket', ...describe(bucket))))),
    ),
  )
}

const describe = (bucket: Bucket): string[] => [
  element('CreationDate', isoTime(bucket.createdMs)),
  element('ExtranetEndpoint', `oss-${bucket.region}.aliyuncs.com`),
  element('IntranetEndpoint', `oss-${bucket.region}-internal.aliyuncs.com`),
  element('Location', `oss-${bucket.region}`),
  element('Name', bucket.name),
  element('Region', bucket.region),
  element('StorageClass', bucket.storageClass),
]

export function getBucketInfo(context: Context): Answer {
  const bucket = bucketOf(context)
  const rights = node('AccessControlList', element('Grant', 'private'))
  return xmlAnswer(
    document(node('BucketInfo', node('Bucket', ...describe(bucket), owner, rights, element('DataRedundancyType', 'LRS')))),
  )
}

export function getBucketLocation(context: Context): Answer {
  return xmlAnswer(document(element('LocationConstraint', `oss-${bucketOf(context).region}`)))
}

export function getBucketStat(context: Context): Answer {
  const { name } = bucketOf(context)
  let bytes = 0
  for (const key of context.store.keysFrom(name, '')) bytes += context.store.object(name, key)?.size ?? 0
  const counts = {
    Storage: bytes,
    ObjectCount: context.store.count(name),
    MultipartUploadCount: context.store.uploads(name).length,
  }
  return xmlAnswer(document(node('BucketStat', ...Object.entries(counts).map(([tag, count]) => element(tag, String(count))))))
}

export async function putBucket(context: Context): Promise<Answer> {
  const name = context.request.bucket ?? ''
  if (!isBucketName(name)) throw new OssError('InvalidBucketName', { extra: { BucketName: name } })
  const [inBody] = elementTexts(await receiveText(context), 'StorageClass')
  const known = context.store.bucket(name)
  const storageClass = inBody ?? storageClassOf(context.request, 'Standard')
  if (known && known.storageClass !== storageClass) throw new OssError('BucketAlreadyExists', { extra: { BucketName: name } })
  if (!known) context.store.putBucket({ name, region: context.region, storageClass, createdMs: stamp(context) })
  return emptyAnswer({ Location: `/${name}` })
}

export function deleteBucket(context: Context): Answer {
  const { name } = bucketOf(context)
  if (context.store.count(name) + context.store.uploads(name).length > 0)
    throw new OssError('BucketNotEmpty', { extra: { BucketName: name } })
  context.store.deleteBucket(name)
  return emptyAnswer({}, 204)
}
