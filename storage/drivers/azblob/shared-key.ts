import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export const toSigningKey = (accountKey: string): KeyObject => createSecretKey(Buffer.from(accountKey, 'base64'))

/**
 * The Authorization header of a GET without a body, by Azure's SharedKey scheme. `headers` are all that are sent, their names in
 * lower case and beginning with `x-ms-`; `path` is encoded, the query's values are not.
 */
export function authorize(account: string, key: KeyObject, path: string, query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): string {
  const lines = (values: Readonly<Record<string, string>>) => Object.keys(values).sort().map((name) => `${name}:${values[name]}`)
  const unusedHeaders = '\n'.repeat(11)
  const signed = [`GET${unusedHeaders}`, ...lines(headers), `/${account}${path}`, ...lines(query)].join('\n')
  return `SharedKey ${account}:${createHmac('sha256', key).update(signed, 'utf8').digest('base64')}`
}
