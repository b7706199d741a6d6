import type { Answer } from '../../answer.ts'
import { acceptUpload } from '../../auth/accept-qiniu.ts'
import { toBytes, toText } from '../../bytes.ts'
import { keyOf, type Context } from '../../context.ts'
import type { Door } from '../../dialect.ts'
import type { Operation } from '../../operation.ts'
import { complete } from '../../operations/complete-upload.ts'
import { handlers } from '../../operations/handlers.ts'
import { abortMultipartUpload, createUpload, receivePart, uploadOf } from '../../operations/uploads.ts'
import { receiveText } from '../../receive.ts'
import { decodeKey, json, nativeDoor, showJsonError } from './native.ts'
import { qetag } from './qetag.ts'

const route = /^\/buckets\/([^/]+)\/objects\/([^/]+)\/uploads(?:\/([^/]+)(?:\/(\d+))?)?$/

/** The host up: uploads in parts, version 2. Forms and version 1 are not there. */
export const uploadDoor: Door = {
  ...nativeDoor,
  claims: ({ headers }) => /^up(load)?[-.]/.test(headers.host ?? ''),
  locate: ({ path }) => {
    const [, bucket, key, uploadId, partNumber] = route.exec(path) ?? []
    return {
      bucket,
      key: key === undefined ? undefined : decodeKey(key),
      query: { ...(uploadId !== undefined && { uploadId }), ...(partNumber !== undefined && { partNumber }) },
    }
  },
  operation: ({ method, path }) => operations[`${method} ${(route.exec(path) ?? []).filter(group => group !== undefined).length}`],
  handlers: {
    ...handlers,
    InitiateMultipartUpload: context => json({ uploadId: createUpload(context).uploadId, expireAt: Math.floor(context.now() / 1000) + 7 * 24 * 3600 }),
    UploadPart: async context => {
      const { etag } = await receivePart(context)
      return json({ etag, md5: etag })
    },
    ListParts: listParts,
    CompleteMultipartUpload: finish,
    AbortMultipartUpload: context => ({ ...abortMultipartUpload(context), status: 200 }),
  },
  authenticate: acceptUpload,
  credential: ({ headers }) => [headers.authorization],
  showError: showJsonError,
}

/** By method, and how many parts of the route are there. */
const operations: Readonly<Record<string, Operation>> = {
  'POST 3': 'InitiateMultipartUpload',
  'PUT 5': 'UploadPart',
  'GET 4': 'ListParts',
  'POST 4': 'CompleteMultipartUpload',
  'DELETE 4': 'AbortMultipartUpload',
}

function listParts(context: Context): Answer {
  const { uploadId } = uploadOf(context)
  const parts = context.store.parts(uploadId)
  return json({
    uploadId,
    parts: parts.map(({ number, etag, size, mtimeMs }) => ({ partNumber: number, etag, size, putTime: Math.floor(mtimeMs / 1000) })),
    partNumberMarker: 0,
  })
}

interface Finish {
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[]
  readonly mimeType?: string | null
  readonly metadata?: Readonly<Record<string, string>> | null
}

/** Type and metadata come with the last request here. */
async function finish(context: Context): Promise<Answer> {
  const { parts, mimeType, metadata } = JSON.parse(toText(await receiveText(context))) as Finish
  const user = Object.entries(metadata ?? {}).map(([name, value]) => [
    name.toLowerCase().replace(/^x-qn-meta-/, 'meta-'),
    toBytes(value),
  ])
  const headers = { 'content-type': mimeType ?? 'application/octet-stream', ...(Object.fromEntries(user) as Record<string, string>) }
  const object = complete(
    context,
    parts.map(({ partNumber, etag }) => ({ number: partNumber, etag: etag.toUpperCase() })),
    headers,
  )
  return json({ hash: qetag(context.store.blobs, object), key: toText(keyOf(context)) })
}
