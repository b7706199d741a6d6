import type { Answer } from './answer.ts'
import { OssError } from './error.ts'
import { document, element, node } from './xml.ts'

/** An error as OSS sends it: a document, or for HEAD the same document in base64 in `x-oss-err`. */
export function errorAnswer(error: OssError, method: string, requestId: string, host: string): Answer {
  if (error.status === 304) return { status: 304, headers: error.headers }
  const extra = Object.entries(error.extra).map(([name, value]) => element(name, value))
  const xml = document(
    node(
      'Error',
      element('Code', error.code),
      element('Message', error.message),
      element('RequestId', requestId),
      element('HostId', host.replace(/:\d+$/, '')),
      ...extra,
    ),
  )
  const ec = error.extra['EC']
  const headers = { ...error.headers, ...(ec === undefined ? {} : { 'x-oss-ec': ec }) }
  if (method === 'HEAD')
    return { status: error.status, headers: { ...headers, 'x-oss-err': xml.toString('base64'), 'Content-Length': '0' } }
  return { status: error.status, headers: { ...headers, 'Content-Type': 'application/xml' }, body: xml }
}

export const toOssError = (error: unknown): OssError =>
  error instanceof OssError
    ? error
    : new OssError('InternalError', { message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
