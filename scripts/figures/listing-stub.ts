/**
 * Answers listings of any length and nothing else, in the words of every store: filling the emulators would take hours, and what
 * is measured is the driver. Keys are `file-0000000.bin` and on; no signature is looked at.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ListingStub {
  readonly origin: string
  stop(): Promise<void>
}

type Page = (from: number, to: number, more: boolean) => string
interface Wanted {
  readonly from: number
  readonly most: number
  readonly page: Page
  readonly type: string
}

const modified = '2024-02-03T04:05:06.000Z'
const etag = 'd41d8cd98f00b204e9800998ecf8427e'
export const nameOf = (i: number): string => `file-${String(i).padStart(7, '0')}.bin`
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const theEnd = 'g2gCZAAEbmV4dGQAA2VvZg'

/** The first of `files` whose name comes after `key`, which may be any. */
function after(key: string | null, files: number): number {
  let [first, end] = [0, key === null ? 0 : files]
  while (first < end) {
    const middle = (first + end) >> 1
    if (nameOf(middle) <= (key ?? '')) first = middle + 1
    else end = middle
  }
  return first
}

const s3Page: Page = (from, to, more) => {
  const entries = numbers(from, to).map((i) => `<Contents><Key>${nameOf(i)}</Key><LastModified>${modified}</LastModified><ETag>"${etag}"</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass></Contents>`)
  const next = more ? `<NextContinuationToken>${to}</NextContinuationToken><NextMarker>${nameOf(to - 1)}</NextMarker>` : ''
  return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`
}

const azblobPage: Page = (from, to, more) => {
  const entries = numbers(from, to).map((i) => `<Blob><Name>${nameOf(i)}</Name><Properties><Last-Modified>${new Date(modified).toUTCString()}</Last-Modified><Etag>0x8D</Etag><Content-Length>5</Content-Length><AccessTier>Hot</AccessTier></Properties></Blob>`)
  return `<EnumerationResults><Blobs>${entries.join('')}</Blobs><NextMarker>${more ? to : ''}</NextMarker></EnumerationResults>`
}

const gcsPage: Page = (from, to, more) => JSON.stringify({
  items: numbers(from, to).map((i) => ({ name: nameOf(i), size: '5', updated: modified, timeCreated: modified, etag, generation: '1', metageneration: '1', storageClass: 'STANDARD' })),
  ...(more && { nextPageToken: String(to) }),
})

const ussPage: Page = (from, to, more) => JSON.stringify({
  files: numbers(from, to).map((i) => ({ type: 'application/octet-stream', name: nameOf(i), length: 5, last_modified: 1_700_000_000, etag })),
  iter: more ? String(to) : theEnd,
})

/** Told apart by what each asks for. */
function wantedOf({ url = '/', headers }: IncomingMessage, files: number): Wanted {
  const { pathname, searchParams: query } = new URL(url, 'http://stub')
  if (pathname.startsWith('/storage/v1/')) return { from: Number(query.get('pageToken') ?? 0), most: 1_000, page: gcsPage, type: 'application/json' }
  if (query.get('comp') === 'list') return { from: Number(query.get('marker') ?? 0), most: Number(query.get('maxresults') ?? 5_000), page: azblobPage, type: 'application/xml' }
  if (headers['x-list-limit'] !== undefined) return { from: Number(headers['x-list-iter'] ?? 0), most: Number(headers['x-list-limit']), page: ussPage, type: 'application/json' }
  const from = query.has('continuation-token') ? Number(query.get('continuation-token')) : after(query.get('marker') ?? query.get('start-after'), files)
  return { from, most: Number(query.get('max-keys') ?? 1_000), page: s3Page, type: 'application/xml' }
}

function answer(request: IncomingMessage, response: ServerResponse, files: number): void {
  if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': 5, 'last-modified': new Date(modified).toUTCString() }).end()
  const { from, most, page, type } = wantedOf(request, files)
  const to = Math.min(from + most, files)
  response.writeHead(200, { 'content-type': type }).end(page(from, to, to < files))
}

/** Each answer comes `latencyMs` later than it could. */
export async function startListingStub(files: number, { latencyMs = 0 } = {}): Promise<ListingStub> {
  const server = createServer((request, response) => {
    if (latencyMs === 0) answer(request, response, files)
    else setTimeout(answer, latencyMs, request, response, files)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, stop }
}
