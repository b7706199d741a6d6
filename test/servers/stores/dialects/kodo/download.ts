import type { Answer } from '../../answer.ts'
import { acceptDownload } from '../../auth/accept-qiniu.ts'
import { percentDecode } from '../../bytes.ts'
import { objectOf, type Context } from '../../context.ts'
import type { Door } from '../../dialect.ts'
import { checkKey } from '../../request.ts'
import { getObject, headObject } from '../../operations/get-object.ts'
import { handlers } from '../../operations/handlers.ts'
import { nativeDoor, showJsonError } from './native.ts'
import { qetag } from './qetag.ts'

/** A bucket's download domain: one of the server's `cnames`. It only reads. */
export const downloadDoor: Door = {
  ...nativeDoor,
  claims: ({ headers }, { cnames }) => bucketOfDomain(headers.host, cnames) !== undefined,
  locate: ({ host, path, cnames, keys }) => ({
    bucket: bucketOfDomain(host, cnames),
    key: checkKey(percentDecode(path.slice(1)) ?? '', keys),
  }),
  operation: ({ method }) => (method === 'GET' ? 'GetObject' : method === 'HEAD' ? 'HeadObject' : undefined),
  handlers: { ...handlers, GetObject: context => tagged(context, getObject(context)), HeadObject: context => tagged(context, headObject(context)) },
  authenticate: acceptDownload,
  credential: ({ query }) => [query.get('token')],
  showError: (error, request) => {
    const answer = showJsonError(error, request)
    return answer.status === 612 ? { ...answer, status: 404 } : answer
  },
}

const bucketOfDomain = (host: string | undefined, cnames: Readonly<Record<string, string>>): string | undefined =>
  cnames[(host ?? '').replace(/:\d+$/, '').toLowerCase()]

/** The ETag of this door is Qiniu's hash. */
const tagged = (context: Context, answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, ETag: `"${qetag(context.store.blobs, objectOf(context))}"` },
})
