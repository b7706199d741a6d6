import { xmlAnswer, type Answer } from '../answer.ts'
import { percentEncode, type ByteString } from '../bytes.ts'
import { bucketOf, isoTime, type Context } from '../context.ts'
import { invalidArgument } from '../error.ts'
import { restoreHeader } from '../metadata.ts'
import { parameter } from '../request.ts'
import type { StoredObject } from '../store/model.ts'
import type { Store } from '../store/store.ts'
import { document, element, node } from '../xml.ts'
import { owner } from './buckets.ts'

export function listObjects(context: Context): Answer {
  const bucket = bucketOf(context)
  const asked = { ...askedOf(context), after: parameter(context.request, 'marker') ?? '' }
  const page = collect(context.store, bucket.name, asked)
  const encode = encoderOf(context)
  return xmlAnswer(
    document(
      node(
        'ListBucketResult',
        ...headOf(bucket.name, asked, page, encode),
        element('Marker', encode(asked.after)),
        element('NextMarker', nextMarker(context, asked, page.next, encode)),
        ...entriesOf(context, page, encode, true),
      ),
    ),
  )
}

function nextMarker({ dialect }: Context, asked: Asked, next: ByteString | undefined, encode: Encode): string | undefined {
  if (next === undefined || (asked.delimiter === '' && !dialect.lists.alwaysNextMarker)) return undefined
  return encode(next)
}

export function listObjectsV2(context: Context): Answer {
  const { query } = context.request
  const bucket = bucketOf(context)
  const token = query.get('continuation-token') || undefined
  const startAfter = query.get('start-after') ?? ''
  const asked = { ...askedOf(context), after: token === undefined ? startAfter : readToken(token) }
  const page = collect(context.store, bucket.name, asked)
  const encode = encoderOf(context)
  const encodeToken: Encode = context.dialect.lists.encodesToken ? encode : text => text
  return xmlAnswer(
    document(
      node(
        'ListBucketResult',
        ...headOf(bucket.name, asked, page, encode),
        query.has('start-after') ? element('StartAfter', encode(startAfter)) : '',
        element('ContinuationToken', token),
        page.next === undefined ? '' : element('NextContinuationToken', encodeToken(writeToken(page.next))),
        element('KeyCount', String(page.objects.length + page.prefixes.length)),
        ...entriesOf(context, page, encode, query.get('fetch-owner') === 'true'),
      ),
    ),
  )
}

interface Asked {
  readonly prefix: ByteString
  readonly delimiter: ByteString
  readonly maxKeys: number
  readonly after: ByteString
}

interface Page {
  readonly objects: readonly StoredObject[]
  readonly prefixes: readonly ByteString[]
  /** The last key or common prefix of a page that is not the last. */
  readonly next: ByteString | undefined
}

function askedOf(context: Context): Omit<Asked, 'after'> {
  const { query } = context.request
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: countOf(context, 'max-keys', context.dialect.lists.defaultMaxKeys),
  }
}

/** A page size: 1 to 1,000. */
export function countOf({ request, dialect }: Context, name: string, fallback: number): number {
  const text = parameter(request, name) ?? ''
  if (text === '') return fallback
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && (count <= 1000 || !dialect.lists.refusesMore)) return Math.min(count, 1000)
  throw invalidArgument(`Argument ${name} must be an integer between 1 and 1000.`, name, text)
}

export function collect(store: Store, bucket: string, asked: Asked): Page {
  const { prefix, delimiter, maxKeys, after } = asked
  const objects: StoredObject[] = []
  const prefixes: ByteString[] = []
  let last = after
  let from: ByteString | undefined = after > prefix ? after : prefix
  while (from !== undefined) {
    const start: ByteString = from
    from = undefined
    for (const key of store.keysFrom(bucket, start)) {
      if (key === after) continue
      if (!key.startsWith(prefix)) break
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
      const name = cut < 0 ? key : key.slice(0, cut + delimiter.length)
      if (cut >= 0) from = behind(name)
      if (cut >= 0 && name <= after) break
      if (objects.length + prefixes.length === maxKeys) return { objects, prefixes, next: last }
      last = name
      if (cut >= 0) {
        prefixes.push(name)
        break
      }
      objects.push(store.object(bucket, key) as StoredObject)
    }
  }
  return { objects, prefixes, next: undefined }
}

/** The first byte string behind all that begin with `name`. */
const behind = (name: ByteString): ByteString => name.slice(0, -1) + String.fromCharCode(name.charCodeAt(name.length - 1) + 1)

type Encode = (bytes: ByteString) => string

export function encoderOf({ request, dialect }: Context): Encode {
  const asked = dialect.lists.urlEncoding ? (request.query.get('encoding-type') ?? '') : ''
  if (asked !== '' && asked !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request.', 'encoding-type', asked)
  return asked === 'url' ? percentEncode : bytes => bytes
}

function headOf(bucket: string, { prefix, delimiter, maxKeys }: Asked, { next }: Page, encode: Encode): string[] {
  return [
    element('Name', bucket),
    element('Prefix', encode(prefix)),
    element('MaxKeys', String(maxKeys)),
    element('Delimiter', encode(delimiter)),
    encode === percentEncode ? element('EncodingType', 'url') : '',
    element('IsTruncated', String(next !== undefined)),
  ]
}

function entriesOf(context: Context, { objects, prefixes }: Page, encode: Encode, withOwner: boolean): string[] {
  return [
    ...objects.map(object => entryOf(context, object, encode, withOwner)),
    ...prefixes.map(prefix => node('CommonPrefixes', element('Prefix', encode(prefix)))),
  ]
}

function entryOf(context: Context, object: StoredObject, encode: Encode, withOwner: boolean): string {
  const { shows } = context.dialect
  return node(
    'Contents',
    element('Key', encode(object.key)),
    element('LastModified', isoTime(object.mtimeMs)),
    element('ETag', `"${object.etag}"`),
    shows.entryType(object),
    element('Size', String(object.size)),
    element('StorageClass', object.storageClass),
    shows.entryRestore(restoreHeader(context, object)),
    withOwner ? owner : '',
  )
}

const writeToken = (key: ByteString): string => Buffer.from(key, 'latin1').toString('base64')

function readToken(token: string): ByteString {
  const key = Buffer.from(token, 'base64').toString('latin1')
  if (key === '' || writeToken(key) !== token)
    throw invalidArgument('The continuation token provided is incorrect.', 'continuation-token', token)
  return key
}
