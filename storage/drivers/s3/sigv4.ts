import { hash } from 'node:crypto'
import { compactTime, dailyKeys, hmac, type Headers, type Sign } from './signing.ts'

const algorithm = 'AWS4-HMAC-SHA256'

/** AWS Signature Version 4 for the service `s3`. Bodies are not hashed: `UNSIGNED-PAYLOAD`. `host` must be among the headers. */
export function sigV4(region: string): Sign {
  const keys = dailyKeys((secret, day) => hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), 's3'), 'aws4_request'))
  return (request, credentials, nowMs) => {
    const time = compactTime(nowMs)
    const day = time.slice(0, 8)
    const scope = `${day}/${region}/s3/aws4_request`
    request.headers['x-amz-date'] = time
    request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
    if (credentials.token !== undefined) request.headers['x-amz-security-token'] = credentials.token
    const { method, path, query, headers } = request
    const names = signedNames(headers)
    const signed = names.join(';')
    const canonical = `${method}\n${path}\n${query}\n${canonicalHeaders(headers, names)}\n${signed}\nUNSIGNED-PAYLOAD`
    const signature = keys(credentials.secret, day).sign(`${algorithm}\n${time}\n${scope}\n${hash('sha256', canonical)}`, 'hex')
    request.headers['authorization'] =
      `${algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
  }
}

function signedNames(headers: Headers): string[] {
  const names: string[] = []
  for (const name in headers) if (name === 'host' || name.startsWith('content-') || name.startsWith('x-amz-')) names.push(name)
  return names.sort()
}

function canonicalHeaders(headers: Headers, names: readonly string[]): string {
  let lines = ''
  for (const name of names) lines += `${name}:${collapse(headers[name] ?? '')}\n`
  return lines
}

const collapse = (value: string): string => value.trim().replace(/ {2,}/g, ' ')
