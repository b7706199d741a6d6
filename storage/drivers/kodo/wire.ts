import { StorageError } from '../../error.ts'
import type { Sink } from '../../storage.ts'
import { encodeKey } from '../../http/encode.ts'
import { toEndpointUrl } from '../s3/host.ts'
import type { ReceivedHeaders } from '../../http/headers.ts'
import { compactTime } from '../s3/signing.ts'
import { exchange, openDispatcher, type Answer } from '../../http/transport.ts'
import type { KodoAddress } from './address.ts'
import { toStorageError } from './error.ts'
import { signManagement, signUrl, toKeys } from './sign.ts'

const connectTimeoutMs = 10_000
const headersTimeoutMs = 30_000
const bodyTimeoutMs = 60_000
const usualListEndpoint = 'https://rsf.qiniuapi.com'
const contentType = 'application/x-www-form-urlencoded'

export interface ReadCall {
  readonly method: 'GET' | 'HEAD'
  readonly key: string
  readonly headers?: Readonly<Record<string, string>>
  /** Only for answers of 2xx. */
  readonly onAnswer?: (status: number, headers: ReceivedHeaders) => Sink
  readonly signal?: AbortSignal
}

export interface KodoWire {
  /** From the download domain. Every failure is a StorageError. */
  read(call: ReadCall): Promise<Answer>
  /** A page of the listing, as JSON. */
  list(query: string, signal?: AbortSignal): Promise<string>
  close(): Promise<void>
}

export function openKodoWire(address: KodoAddress, now: () => number = Date.now): KodoWire {
  const keys = toKeys(address.accessKey, address.secretKey)
  const domain = toEndpointUrl(address.endpoint).origin
  const listing = toEndpointUrl(address.listEndpoint ?? usualListEndpoint)
  const open = (origin: string) => openDispatcher({ ...address, origin, connectTimeoutMs })
  const domains = open(domain)
  const listings = open(listing.origin)
  const timeouts = { headersTimeoutMs, bodyTimeoutMs }

  return {
    read: async ({ method, key, headers = {}, onAnswer, signal }) => {
      const path = signUrl(keys, `${domain}/${encodeKey(key)}`, now()).slice(domain.length)
      const flat = Object.entries(headers).flat()
      const request = { method, path, headers: flat, ...timeouts, ...(signal && { signal }) }
      return accepted(await exchange(domains, domain, request, onAnswer && ((status, got) => (isSuccess(status) ? onAnswer(status, got) : undefined))))
    },
    list: async (query, signal) => {
      const path = `/list?${query}`
      const date = compactTime(now())
      const authorization = signManagement(keys, { method: 'GET', host: listing.host, path, contentType, date })
      const headers = ['content-type', contentType, 'x-qiniu-date', date, 'authorization', authorization]
      const request = { method: 'GET', path, headers, ...timeouts, ...(signal && { signal }) } as const
      return accepted(await exchange(listings, listing.origin, request)).body.toString('utf8')
    },
    close: async () => void (await Promise.all([domains.close(), listings.close()])),
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

function accepted(answer: Answer): Answer {
  if (isSuccess(answer.status)) return answer
  throw toStorageError({ ...answer, body: answer.body.toString('utf8') })
}

export const readOnly = (): Promise<never> =>
  Promise.reject(
    new StorageError('A download domain can only be read: give the S3 endpoint of the bucket to write.', { kind: 'invalid', scope: 'address' }),
  )
