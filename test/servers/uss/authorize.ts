import { createHmac, hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusal.ts'

export interface Operator {
  readonly name: string
  readonly password: string
  /** What becomes of its requests once they are known to be its own. Default: all are served. */
  readonly treated?: 'without-rights' | 'throttled' | 'broken'
}

const validMs = 30 * 60_000

/** The operator that signed a request, of the names and in the way of UPYUN's documentation. Fails with a Refusal. */
export function authorize({ method = '', url = '', headers }: IncomingMessage, operators: readonly Operator[], nowMs: number): Operator {
  const date = headers['x-date'] ?? headers.date
  if (typeof date !== 'string') throw new Refusal(40100001)
  const [, name, signature] = /^UPYUN ([^:]+):(.+)$/i.exec(headers.authorization ?? '') ?? []
  if (name === undefined || signature === undefined) throw new Refusal(40100004)
  const operator = operators.find((one) => one.name === name)
  if (operator === undefined) throw new Refusal(40100006)
  const md5 = headers['content-md5']
  const words = [method, url, date, ...(typeof md5 === 'string' ? [md5] : [])].join('&')
  const own = createHmac('sha1', hash('md5', operator.password, 'hex')).update(words).digest('base64')
  if (own !== signature) throw new Refusal(40100005)
  if (!(Math.abs(nowMs - Date.parse(date)) < validMs)) throw new Refusal(40100002)
  return operator
}
