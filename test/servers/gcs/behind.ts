/** What our own parts ask of the server that keeps the objects. */
import { get } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface Resource {
  readonly name: string
  readonly contentType?: string
  readonly [field: string]: unknown
}

/** A whole object, described by the resource; `query` may have conditions. */
export function store(behind: string, bucket: string, resource: Resource, parts: readonly Buffer[], query = ''): Promise<Response> {
  const types = ['application/json', resource.contentType ?? 'application/octet-stream']
  const [first, second] = types.map((type) => `--b0undary\r\ncontent-type: ${type}\r\n\r\n`)
  const body = Buffer.concat([Buffer.from(`${first}${JSON.stringify(resource)}\r\n${second}`), ...parts, Buffer.from('\r\n--b0undary--\r\n')])
  const headers = { 'content-type': 'multipart/related; boundary=b0undary' }
  return fetch(`${behind}/upload/storage/v1/b/${bucket}/o?uploadType=multipart${query}`, { method: 'POST', headers, body })
}

/** As it is stored: fetch would undo a Content-Encoding. */
export const mediaOf = (behind: string, path: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const asked = get(`${behind}${path}?alt=media`, { headers: { 'accept-encoding': 'gzip' } }, (answer) => void buffer(answer).then(resolve, reject))
    asked.on('error', reject)
  })
