import { isOneCaller } from '../../caller.ts'
import { isStorageError, StorageError } from '../../error.ts'
import type { CallOptions, CopySource, GetOptions, Part, PutOptions, PutResult, ServerCopy, StorageInfo, UploadRef } from '../../storage.ts'
import type { CopyForm, Dialect } from './dialect.ts'
import { encodeKey } from '../../http/encode.ts'
import { unquote } from './listing.ts'
import { headObject } from './read.ts'
import type { Headers } from './signing.ts'
import type { Answer } from '../../http/transport.ts'
import type { Wire } from './wire.ts'
import { conditions, lookFor, objectHeaders } from './write.ts'
import { element } from '../../http/xml.ts'

export function openServerCopy<A>(wire: Wire, dialect: Dialect<A>, form: CopyForm, info: StorageInfo): ServerCopy {
  return {
    maxCopyBytes: form.maxCopyBytes,
    reaches: (source) => isOneCaller(source, info),
    copy: (source, key, options) => copyObject(wire, dialect, form, source, key, options),
    ...(form.parts && { copyPart: (upload, number, source, options) => copyPart(wire, dialect, form, upload, number, source, options) }),
  }
}

async function copyObject<A>(wire: Wire, dialect: Dialect<A>, form: CopyForm, source: CopySource, key: string, options: PutOptions): Promise<PutResult> {
  const { signal } = options
  await lookBefore(wire, dialect, form, key, options)
  const headers = { ...objectHeaders(dialect, options), ...conditions(dialect, options), ...form.replace, ...sourceHeaders(form, source) }
  const answer = await wire.send({ method: 'PUT', key, headers, body: [], patience: 'complete', ...(signal && { signal }) })
  return toCopied(answer, dialect)
}

/** Not exact: between the look and the copy somebody may write. */
async function lookBefore<A>(wire: Wire, dialect: Dialect<A>, form: CopyForm, key: string, options: PutOptions): Promise<void> {
  const { ifAbsent, ifMatch } = options
  if (ifMatch !== undefined && !(form.conditional && dialect.writes.ifMatch)) await lookFor(wire, dialect, key, ifMatch, options)
  if (ifAbsent && !form.conditional && (await exists(wire, dialect, key, options)))
    throw new StorageError('There is an object at the destination.', { kind: 'precondition' })
}

async function exists<A>(wire: Wire, dialect: Dialect<A>, key: string, options: CallOptions): Promise<boolean> {
  try {
    await headObject(wire, dialect, key, options)
    return true
  } catch (error) {
    if (isStorageError(error, 'not-found')) return false
    throw error
  }
}

type RangeOptions = CallOptions & { readonly range: NonNullable<GetOptions['range']> }

async function copyPart<A>(
  wire: Wire, dialect: Dialect<A>, form: CopyForm, { key, uploadId }: UploadRef, number: number, source: CopySource, { range, signal }: RangeOptions,
): Promise<Part> {
  const answer = await wire.send({
    method: 'PUT',
    key,
    query: { partNumber: number, uploadId },
    headers: { ...sourceHeaders(form, source), [`${form.sourceHeader}-range`]: `bytes=${range.first}-${range.last}` },
    body: [],
    patience: 'complete',
    about: 'upload',
    ...(signal && { signal }),
  })
  const { etag = '', hashes } = toCopied(answer, dialect)
  return { number, size: range.last - range.first + 1, etag, hashes }
}

function sourceHeaders({ sourceHeader, sourcePlace = inBucket }: CopyForm, { info, key, ifMatch }: CopySource): Headers {
  return {
    [sourceHeader]: `${sourcePlace(info)}${encodeKey(info.prefix + key)}`,
    ...(ifMatch !== undefined && { [`${sourceHeader}-if-match`]: `"${ifMatch}"` }),
  }
}

const inBucket = ({ bucket }: StorageInfo): string => `/${bucket}/`

/** ETag and hashes are of the copy, or of the part. */
function toCopied<A>({ headers, body }: Answer, dialect: Dialect<A>): PutResult {
  const xml = body.toString('utf8')
  const etag = element(xml, 'ETag')
  if (etag === undefined) throw new StorageError('The store did not say whether it copied.', { kind: 'unexpected' })
  return { etag: unquote(etag), hashes: { ...dialect.hashes.fromXml(xml), ...dialect.hashes.fromHeaders(headers) } }
}
