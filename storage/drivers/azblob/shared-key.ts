import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export const toSigningKey = (accountKey: string): KeyObject => createSecretKey(Buffer.from(accountKey, 'base64'))

export type PlainMethod = 'GET' | 'PUT'

interface Signed {
  readonly method: PlainMethod
  /** Encoded. */
  readonly path: string
  /** Not encoded. */
  readonly query: Readonly<Record<string, string>>
  /** All that are sent, their names in lower case and beginning with `x-ms-`. */
  readonly headers: Readonly<Record<string, string>>
}

/** The Authorization header of a request without a body, by Azure's SharedKey scheme. */
export function authorize(account: string, key: KeyObject, { method, path, query, headers }: Signed): string {
  const lines = (values: Readonly<Record<string, string>>) => Object.keys(values).sort().map((name) => `${name}:${values[name]}`)
  const unusedHeaders = '\n'.repeat(11)
  const signed = [`${method}${unusedHeaders}`, ...lines(headers), `/${account}${path}`, ...lines(query)].join('\n')
  return `SharedKey ${account}:${createHmac('sha256', key).update(signed, 'utf8').digest('base64')}`
}
