/** Whose account an address means, where it is, and what opens it. Pure; loads no SDK. */

export interface Account {
  readonly name: string
  /** Without a slash at the end. */
  readonly endpoint: string
  readonly credential: { readonly kind: 'key'; readonly key: string } | { readonly kind: 'sas'; readonly token: string }
}

/** The fields of an address that say so. */
export interface AccountFields {
  /** Or `account` with `accountKey` or `sasToken`. */
  readonly connectionString?: string
  readonly account?: string
  readonly accountKey?: string
  readonly sasToken?: string
  /** Default: `https://{account}.blob.core.windows.net`. */
  readonly endpoint?: string
}

const forms = 'give connectionString, or account and accountKey, or account and sasToken'

/** Why an address names no account, or more than one; undefined when all is well. */
export function accountFault(given: AccountFields): string | undefined {
  const { connectionString, account, accountKey, sasToken } = given
  if (connectionString !== undefined) {
    const beside = (['account', 'accountKey', 'sasToken', 'endpoint'] as const).find((name) => given[name] !== undefined)
    return beside === undefined ? connectionFault(parse(connectionString)) : `${beside} stands beside connectionString: ${forms}.`
  }
  if (account === undefined) return `account is missing: ${forms}.`
  if (accountKey === undefined && sasToken === undefined) return `accountKey or sasToken is missing: ${forms}.`
  if (accountKey !== undefined && sasToken !== undefined) return `accountKey stands beside sasToken: ${forms}.`
  return undefined
}

/** Of an address without fault. */
export function toAccount(given: AccountFields): Account {
  const { account = '', accountKey, sasToken = '', endpoint } = given.connectionString === undefined ? given : fromParts(parse(given.connectionString))
  return {
    name: account,
    endpoint: (endpoint ?? `https://${account}.blob.core.windows.net`).replace(/\/+$/, ''),
    credential: accountKey === undefined ? { kind: 'sas', token: sasToken.replace(/^\?/, '') } : { kind: 'key', key: accountKey },
  }
}

/** `Name=value` pairs between semicolons; values may hold `=`. */
function parse(connectionString: string): ReadonlyMap<string, string> {
  const pairs = connectionString.split(';').filter((pair) => pair.trim() !== '')
  return new Map(pairs.map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()]
  }))
}

function connectionFault(parts: ReadonlyMap<string, string>): string | undefined {
  if (!parts.has('accountname') && !parts.has('blobendpoint')) return 'connectionString has neither AccountName nor BlobEndpoint: copy it whole from the portal.'
  if (!parts.has('accountkey') && !parts.has('sharedaccesssignature')) return 'connectionString has neither AccountKey nor SharedAccessSignature: copy it whole from the portal.'
  if (parts.has('accountkey') && !parts.has('accountname')) return 'connectionString has an AccountKey but no AccountName: copy it whole from the portal.'
  return undefined
}

function fromParts(parts: ReadonlyMap<string, string>): AccountFields {
  const account = parts.get('accountname')
  const protocol = parts.get('defaultendpointsprotocol') ?? 'https'
  const endpoint = parts.get('blobendpoint') ?? `${protocol}://${account}.blob.${parts.get('endpointsuffix') ?? 'core.windows.net'}`
  const accountKey = parts.get('accountkey')
  const sasToken = parts.get('sharedaccesssignature')
  return { endpoint, ...(account && { account }), ...(accountKey === undefined ? { sasToken: sasToken ?? '' } : { accountKey }) }
}
