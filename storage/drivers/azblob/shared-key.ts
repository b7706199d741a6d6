/** Azure's SharedKey scheme, by Microsoft's page "Authorize with Shared Key"; its SDK is the judge in tests. */
import { toWire } from '../../http/headers.ts'
import { SigningKey } from '../../http/signing-key.ts'

export type Headers = Record<string, string>

export interface Unsigned {
  readonly method: string
  /** Encoded, without query. */
  readonly path: string
  /** Not encoded; names in lower case. */
  readonly query: Readonly<Record<string, string>>
  /** Names in lower case; values as they are sent, without spaces in a row or at their ends. */
  readonly headers: Headers
}

/** The `authorization` header of a request. */
export type Sign = (request: Unsigned) => string

export function sharedKey(account: string, accountKey: string): Sign {
  const key = new SigningKey(Buffer.from(accountKey, 'base64'))
  return (request) => `SharedKey ${account}:${key.sign(toWire(textToSign(account, request)), 'base64')}`
}

/** Lines of headers that no call here has stay empty. A length of zero is none. */
function textToSign(account: string, { method, path, query, headers }: Unsigned): string {
  const length = headers['content-length'] ?? ''
  const bodyLines = `${length === '0' ? '' : length}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}`
  const conditionLines = `${headers['if-match'] ?? ''}\n${headers['if-none-match'] ?? ''}`
  return `${method}\n\n\n${bodyLines}\n\n\n${conditionLines}\n\n\n${headerLines(headers)}/${account}${path}${queryLines(query)}`
}

function headerLines(headers: Headers): string {
  const names: string[] = []
  for (const name in headers) if (name.startsWith('x-ms-')) names.push(name)
  let lines = ''
  for (const name of names.sort(byWeight)) lines += `${name}:${headers[name]}\n`
  return lines
}

function queryLines(query: Unsigned['query']): string {
  let lines = ''
  for (const name of Object.keys(query).sort()) lines += `\n${name}:${query[name]}`
  return lines
}

/**
 * The service sorts as .NET does for people: a hyphen weighs nothing, an underscore less than a digit. Metadata names, which are C# identifiers,
 * have no hyphen beside the one before them; so no two names are alike but for hyphens.
 */
const byWeight = (a: string, b: string): number => (weigh(a) < weigh(b) ? -1 : 1)

/** The same few names come with every request. */
const weights = new Map<string, string>()
const mostNames = 1_000

function weigh(name: string): string {
  const known = weights.get(name)
  if (known !== undefined) return known
  const weight = name.replaceAll('-', '').replaceAll('_', ' ')
  if (weights.size < mostNames) weights.set(name, weight)
  return weight
}
