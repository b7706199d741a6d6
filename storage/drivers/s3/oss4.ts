import { hash } from 'node:crypto'
import { compactTime, dailyKeys, hmac, type Headers, type Sign } from './signing.ts'

const algorithm = 'OSS4-HMAC-SHA256'

/** Alibaba Cloud OSS signature version 4. The resource signed is `/bucket/key`, whatever the host form; bodies are not hashed. */
export function oss4(region: string): Sign {
  const keys = dailyKeys((secret, day) => hmac(hmac(hmac(hmac(`aliyun_v4${secret}`, day), region), 'oss'), 'aliyun_v4_request'))
  return (request, credentials, nowMs) => {
    const time = compactTime(nowMs)
    const day = time.slice(0, 8)
    const scope = `${day}/${region}/oss/aliyun_v4_request`
    request.headers['x-oss-date'] = time
    request.headers['x-oss-content-sha256'] = 'UNSIGNED-PAYLOAD'
    if (credentials.token !== undefined) request.headers['x-oss-security-token'] = credentials.token
    const { method, resource, query, headers } = request
    const canonical = `${method}\n${resource}\n${query}\n${canonicalHeaders(headers)}\n\nUNSIGNED-PAYLOAD`
    const signature = keys(credentials.secret, day).sign(`${algorithm}\n${time}\n${scope}\n${hash('sha256', canonical)}`, 'hex')
    request.headers['authorization'] = `${algorithm} Credential=${credentials.accessKeyId}/${scope},Signature=${signature}`
  }
}

function canonicalHeaders(headers: Headers): string {
  return Object.keys(headers)
    .filter(isSigned)
    .sort()
    .map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
    .join('')
}

const isSigned = (name: string): boolean => name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-')
