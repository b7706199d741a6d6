import { hash } from 'node:crypto'
import { compactTime, dailyKeys, hmac, hmacHex, type Headers, type Sign } from './signing.ts'

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
    const signature = hmacHex(keys(credentials.secret, day), `${algorithm}\n${time}\n${scope}\n${hash('sha256', canonical)}`)
    request.headers['authorization'] =
      `${algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
  }
}

function signedNames(headers: Headers): string[] {
  return Object.keys(headers)
    .filter((name) => name === 'host' || name.startsWith('content-') || name.startsWith('x-amz-'))
    .sort()
}

function canonicalHeaders(headers: Headers, names: readonly string[]): string {
  return names.map((name) => `${name}:${collapse(headers[name] ?? '')}\n`).join('')
}

const collapse = (value: string): string => value.trim().replace(/ {2,}/g, ' ')
