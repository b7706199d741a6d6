import type { Dialect } from './dialect.ts'
import { StoreError } from './error.ts'
import type { Counters } from './counters.ts'
import type { FaultAction } from './faults.ts'
import type { ByteString } from './bytes.ts'
import type { StoreRequest } from './request.ts'
import type { Bucket, StoredObject } from './store/model.ts'
import type { Store } from './store/store.ts'

/** What a handler may use. */
export interface Context {
  readonly request: StoreRequest
  readonly dialect: Dialect
  readonly store: Store
  readonly counters: Counters
  readonly region: string
  readonly restoreDelayMs: number
  /** What strikes this request. */
  readonly faults: readonly FaultAction[]
  now(): number
}

/** The bucket that is asked for. */
export function bucketOf({ request, dialect, store, region }: Context, name = request.bucket ?? ''): Bucket {
  if (!dialect.bucketName.test(name)) throw new StoreError('InvalidBucketName', { extra: { BucketName: name } })
  const bucket = store.bucket(name)
  if (!bucket) throw new StoreError('NoSuchBucket', { extra: { BucketName: name } })
  if (bucket.region === region) return bucket
  const message =
    'The bucket you are attempting to access must be addressed using the specified endpoint. ' +
    'Please send all future requests to this endpoint.'
  throw new StoreError('AccessDenied', {
    message,
    ec: '0003-00001403',
    extra: { Bucket: name, Endpoint: dialect.endpointOf(bucket.region) },
  })
}

export const keyOf = ({ request }: Context): ByteString => request.key ?? ''

export function objectOf(context: Context, key = keyOf(context)): StoredObject {
  const bucket = bucketOf(context)
  const object = context.store.object(bucket.name, key)
  if (!object) throw new StoreError('NoSuchKey', { extra: { Key: key } })
  return object
}

/** Whole seconds: no finer times are kept. */
export const stamp = (context: Context): number => Math.floor(context.now() / 1000) * 1000
export const isoTime = (ms: number): string => new Date(ms).toISOString()
export const httpTime = (ms: number): string => new Date(ms).toUTCString()
