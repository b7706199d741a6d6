import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { StorageError, type StorageErrorDetails } from '../../error.ts'
import { toNetworkError } from '../../http/network.ts'
import type { GcsAddress } from './address.ts'
import { toStorageError } from './error.ts'

/** The `Authorization` header to send now; undefined where none is wanted. */
export type TokenSource = () => Promise<string | undefined>

export const noToken: TokenSource = () => Promise.resolve(undefined)

const scope = 'https://www.googleapis.com/auth/devstorage.read_write'
const tokenTimeoutMs = 30_000

type KeyAddress = Pick<GcsAddress, 'keyFile' | 'caFile' | 'proxy'>

/**
 * Access tokens by Google's own auth library: of the key file's service account, or of the application default credentials. It
 * keeps a token until five minutes before it expires. It is loaded only here.
 */
export function googleTokens(address: KeyAddress): TokenSource {
  let opening: Promise<TokenSource> | undefined
  const open = (): Promise<TokenSource> =>
    openTokens(address).catch((error: unknown) => {
      opening = undefined
      throw error
    })
  return async () => {
    opening ??= open()
    try {
      return await (await opening)()
    } catch (error) {
      throw toTokenError(error, address)
    }
  }
}

async function openTokens({ keyFile, ...network }: KeyAddress): Promise<TokenSource> {
  const key = keyFile === undefined ? undefined : await readKeyFile(keyFile)
  const { GoogleAuth, JWT } = await import('google-auth-library')
  const options = { scopes: [scope], transporterOptions: { timeout: tokenTimeoutMs, ...agentOf(network) } }
  const client = key
    ? new JWT({ email: key.client_email, key: key.private_key, ...options })
    : await new GoogleAuth({ scopes: [scope], clientOptions: options }).getClient()
  return async () => (await client.getRequestHeaders()).get('authorization') ?? undefined
}

function agentOf({ caFile, proxy }: KeyAddress): { readonly agent?: Agent } {
  if (caFile === undefined && proxy === undefined) return {}
  const proxyEnv = proxy === undefined ? process.env : { HTTPS_PROXY: proxy }
  return { agent: new Agent({ ...(caFile !== undefined && { ca: readFileSync(caFile) }), proxyEnv }) }
}

interface ServiceAccountKey {
  readonly client_email: string
  readonly private_key: string
}

const badFormat: StorageErrorDetails = {
  kind: 'bad-access-key',
  addressCodes: {
    source: 'SourceBadPrivateKeyFileFormat',
    destination: 'DestBadPrivateKeyFileFormat',
    advice: 'has a keyFile that cannot be used: name the JSON key of a service account, as it was downloaded',
  },
}

async function readKeyFile(path: string): Promise<ServiceAccountKey> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new StorageError(`The key file ${path} cannot be read: ${reasonOf(error)}.`, badFormat)
  }
  return parseKeyFile(text, path)
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is none on this machine' : String((error as NodeJS.ErrnoException).code)

/** Fails with one sentence that quotes nothing of the file. */
function parseKeyFile(text: string, path: string): ServiceAccountKey {
  const fault = (what: string): StorageError =>
    new StorageError(`The key file ${path} ${what}: download the JSON key of a service account anew.`, badFormat)
  const key = parseObject(text)
  if (key === undefined) throw fault('is not JSON')
  if (key['type'] !== 'service_account') throw fault('is not the key of a service account')
  const { client_email: email, private_key: secret } = key
  if (typeof email !== 'string' || typeof secret !== 'string') throw fault('lacks client_email or private_key')
  if (!isPrivateKey(secret)) throw fault('has a private_key that is none')
  return { client_email: email, private_key: secret }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem)
    return true
  } catch {
    return false
  }
}

interface AuthFailure {
  readonly message?: string
  readonly code?: string
  readonly response?: { readonly status: number; readonly data?: unknown }
}

/** What the auth library threw, without its cause: that holds the request, and with it the signed assertion. */
function toTokenError(error: unknown, { keyFile }: KeyAddress): StorageError {
  if (error instanceof StorageError) return error
  const { response, message = '', code } = error as AuthFailure
  if (response !== undefined) {
    const body = typeof response.data === 'string' ? response.data : JSON.stringify(response.data ?? '')
    return toStorageError({ status: response.status, headers: new Map(), body, about: 'bucket' }, Date.now(), keyFile !== undefined)
  }
  if (/default credentials/i.test(message)) return noDefaultCredentials()
  const { kind } = toNetworkError(error, false)
  return new StorageError('The token endpoint of Google cannot be reached.', { kind, ...(code && { code }) })
}

const noDefaultCredentials = (): StorageError =>
  new StorageError('There are no application default credentials on this worker: give a keyFile, or set up GOOGLE_APPLICATION_CREDENTIALS or a service account.', {
    kind: 'bad-access-key',
  })
