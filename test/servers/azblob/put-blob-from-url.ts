/**
 * Put Blob From URL by Microsoft's page, as two requests of azurite: the source is read by the URL that the caller gave and by no
 * right of ours, then put. Properties of the source are taken over unless the caller says no, metadata where the caller gives none.
 */
import { request as ask, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { encodeEntities } from '../../../storage/http/xml.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export async function putBlobFromUrl({ headers, url = '/' }: IncomingMessage, response: ServerResponse, endpoint: string, signature: string): Promise<void> {
  const source = await readSource(endpoint, headers)
  if (source.status === 412) return refuse(response, 412, 'SourceConditionNotMet', 'The source condition specified using HTTP conditional header(s) is not met.')
  if (source.status !== 200) return refuse(response, source.status, 'CannotVerifyCopySource', 'The copy source cannot be read as it was named.')
  const [path = ''] = url.split('?')
  const put = await exchange(endpoint, 'PUT', `${path}?${signature}`, { ...toPut(headers, source.headers), 'content-length': String(source.body.length) }, source.body)
  response.writeHead(put.status, put.headers).end(put.body)
}

function readSource(endpoint: string, headers: IncomingHttpHeaders): Promise<Answer> {
  const { pathname, search } = new URL(String(headers['x-ms-copy-source']))
  const condition = headers['x-ms-source-if-match']
  return exchange(endpoint, 'GET', `${pathname}${search}`, { 'x-ms-version': '2021-02-12', ...(condition !== undefined && { 'if-match': String(condition) }) })
}

type Strings = Readonly<Record<string, string>>
const kept = /^(x-ms-(version|blob-|meta-|tags|access-tier)|if-)/
const properties: Strings = {
  'content-type': 'x-ms-blob-content-type',
  'content-encoding': 'x-ms-blob-content-encoding',
  'content-language': 'x-ms-blob-content-language',
  'content-disposition': 'x-ms-blob-content-disposition',
  'cache-control': 'x-ms-blob-cache-control',
}

function toPut(given: IncomingHttpHeaders, ofSource: IncomingHttpHeaders): Strings {
  const own = ownOf(given)
  const isTaken = given['x-ms-copy-source-blob-properties'] !== 'false'
  const taken = isTaken ? Object.entries(properties).flatMap(([name, as]) => (ofSource[name] === undefined ? [] : [[as, String(ofSource[name])]])) : []
  const metadata = Object.keys(own).some((name) => name.startsWith('x-ms-meta-')) ? {} : metaOf(ofSource)
  return { ...Object.fromEntries(taken), ...metadata, ...own, 'x-ms-blob-type': 'BlockBlob' }
}

const pick = (headers: IncomingHttpHeaders, wanted: RegExp): Strings =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value !== undefined && wanted.test(name) ? [[name, String(value)]] : [])))
const ownOf = (headers: IncomingHttpHeaders): Strings => pick(headers, kept)
const metaOf = (headers: IncomingHttpHeaders): Strings => pick(headers, /^x-ms-meta-/)

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${encodeEntities(message)}</Message></Error>`
  response.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code }).end(body)
}

function exchange(endpoint: string, method: string, path: string, headers: Strings, body?: Buffer): Promise<Answer> {
  const { hostname, port } = new URL(endpoint)
  return new Promise((resolve, reject) => {
    const asked = ask({ hostname, port, method, path, headers }, (answered) => {
      void buffer(answered).then((content) => resolve({ status: answered.statusCode ?? 502, headers: answered.headers, body: content }), reject)
    })
    asked.on('error', reject).end(body)
  })
}
