import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { bucketOf, stamp, type Context } from '../context.ts'
import { StoreError } from '../error.ts'
import { storageClassOf } from '../metadata.ts'
import { receiveText } from '../receive.ts'
import { document, element, elementTexts, node } from '../xml.ts'

export const owner = node('Owner', element('ID', '1000000000000000'), element('DisplayName', '1000000000000000'))

export function listBuckets({ store, dialect, request }: Context): Answer {
  const prefix = request.query.get('prefix') ?? ''
  const buckets = store.buckets().filter(bucket => bucket.name.startsWith(prefix))
  return xmlAnswer(
    document(
      node('ListAllMyBucketsResult', owner, node('Buckets', ...buckets.map(bucket => node('Bucket', ...dialect.describeBucket(bucket))))),
    ),
  )
}

export function getBucketInfo(context: Context): Answer {
  const bucket = bucketOf(context)
  const rights = node('AccessControlList', element('Grant', 'private'))
  return xmlAnswer(
    document(node('BucketInfo', node('Bucket', ...context.dialect.describeBucket(bucket), owner, rights, element('DataRedundancyType', 'LRS')))),
  )
}

export function headBucket(context: Context): Answer {
  return emptyAnswer({ [`${context.request.door.prefix}bucket-region`]: bucketOf(context).region })
}

export function getBucketLocation(context: Context): Answer {
  return xmlAnswer(document(element('LocationConstraint', context.dialect.locationOf(bucketOf(context).region))))
}

export function getBucketVersioning(context: Context): Answer {
  bucketOf(context)
  return xmlAnswer(document(node('VersioningConfiguration')))
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
  if (!context.dialect.bucketName.test(name)) throw new StoreError('InvalidBucketName', { extra: { BucketName: name } })
  const [inBody] = elementTexts(await receiveText(context), 'StorageClass')
  const known = context.store.bucket(name)
  const storageClass = inBody ?? storageClassOf(context, context.dialect.storageClasses.standard)
  if (known && known.storageClass !== storageClass) throw new StoreError('BucketAlreadyExists', { extra: { BucketName: name } })
  if (!known) context.store.putBucket({ name, region: context.region, storageClass, createdMs: stamp(context) })
  return emptyAnswer({ Location: `/${name}` })
}

export function deleteBucket(context: Context): Answer {
  const { name } = bucketOf(context)
  if (context.store.count(name) + context.store.uploads(name).length > 0)
    throw new StoreError('BucketNotEmpty', { extra: { BucketName: name } })
  context.store.deleteBucket(name)
  return emptyAnswer({}, 204)
}
