import { invalidArgument, StoreError } from '../error.ts'
import type { AccessKey } from '../options.ts'
import { header, type StoreRequest } from '../request.ts'
import { acceptHeaderV1, acceptQueryV1 } from './accept-oss-v1.ts'
import { acceptHeaderV4, acceptQueryV4 } from './accept-oss-v4.ts'
import type { Lock } from './checks.ts'

/** Who asks. Throws as OSS answers where that cannot be believed. */
export function authenticateOss(request: StoreRequest, lock: Lock): AccessKey {
  const authorization = header(request, 'authorization')
  if (authorization?.startsWith('OSS4-HMAC-SHA256 ')) return acceptHeaderV4(request, authorization, lock)
  if (authorization?.startsWith('OSS ')) return acceptHeaderV1(request, authorization, lock)
  if (authorization !== undefined)
    throw invalidArgument('Authorization header is invalid.', 'Authorization', authorization, '0002-00000202')
  if (request.query.has('x-oss-signature-version') || request.query.has('x-oss-signature')) return acceptQueryV4(request, lock)
  if (request.query.has('Signature') || request.query.has('OSSAccessKeyId')) return acceptQueryV1(request, lock)
  throw new StoreError('AccessDenied', { message: 'Anonymous access is forbidden for this operation.', ec: '0003-00001201' })
}
