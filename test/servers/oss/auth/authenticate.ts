import { invalidArgument, OssError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type OssRequest } from '../request.ts'
import { acceptHeaderV1, acceptQueryV1 } from './accept-v1.ts'
import { acceptHeaderV4, acceptQueryV4 } from './accept-v4.ts'
import type { Door } from './checks.ts'

/** Who asks. Throws as OSS answers where that cannot be believed. */
export function authenticate(request: OssRequest, door: Door): AccessKey {
  const authorization = header(request, 'authorization')
  if (authorization?.startsWith('OSS4-HMAC-SHA256 ')) return acceptHeaderV4(request, authorization, door)
  if (authorization?.startsWith('OSS ')) return acceptHeaderV1(request, authorization, door)
  if (authorization !== undefined)
    throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000202')
  if (request.query.has('x-oss-signature-version') || request.query.has('x-oss-signature')) return acceptQueryV4(request, door)
  if (request.query.has('Signature') || request.query.has('OSSAccessKeyId')) return acceptQueryV1(request, door)
  throw new OssError('AccessDenied', { message: 'Anonymous access is forbidden for this operation.', ec: '0003-00001201' })
}
