import { isStorageError, StorageError } from '../../error.ts'
import type { Credentials } from './signing.ts'

export interface CredentialSource {
  /** What to sign with now; a promise only while it is being fetched. */
  current(): Credentials | Promise<Credentials>
  /** Others than those that the store says have expired; undefined where there are none. */
  renewed(expired: Credentials): Promise<Credentials | undefined>
}

/** Fetched ones are replaced this long before they expire, so that none expires on the way; short-lived ones in their last quarter. */
const refreshAheadMs = 5 * 60_000

export function fixedCredentials(credentials: Credentials): CredentialSource {
  return { current: () => credentials, renewed: () => Promise.resolve(undefined) }
}

/** `anew`: what is cached below is of no use any more. */
export type FetchCredentials = (options: { readonly anew: boolean }) => Promise<Credentials>

/** Keeps what `fetch` gave until shortly before it expires. Calls that come together fetch once. */
export function refreshedCredentials(fetch: FetchCredentials, now: () => number): CredentialSource {
  let kept: { readonly credentials: Credentials; readonly untilMs: number } | undefined
  let fetching: Promise<Credentials> | undefined
  const refresh = (anew: boolean): Promise<Credentials> => {
    fetching ??= fetch({ anew })
      .then((credentials) => {
        kept = { credentials, untilMs: refreshAt(credentials, now()) }
        return credentials
      })
      .finally(() => (fetching = undefined))
    return fetching
  }
  return {
    current: () => (kept && kept.untilMs > now() ? kept.credentials : refresh(kept !== undefined)),
    renewed: async (expired) => {
      const fresh = kept && !isSame(kept.credentials, expired) ? kept.credentials : await refresh(true)
      return isSame(fresh, expired) ? undefined : fresh
    },
  }
}

function refreshAt({ expiresAtMs = Infinity }: Credentials, nowMs: number): number {
  return expiresAtMs - Math.min(refreshAheadMs, (expiresAtMs - nowMs) / 4)
}

const isSame = (a: Credentials, b: Credentials): boolean =>
  a.accessKeyId === b.accessKeyId && a.secret === b.secret && a.token === b.token

/** The AWS credential chain: environment, profiles, SSO, container and instance roles. The SDK is loaded only here. */
export function awsChain(region: string): FetchCredentials {
  let provider: Promise<Provider> | undefined
  return async ({ anew }) => {
    try {
      provider ??= loadProvider(region)
      return toCredentials(await (await provider)({ forceRefresh: anew }))
    } catch (error) {
      provider = undefined
      if (isStorageError(error)) throw error
      throw new StorageError(
        'The AWS credential chain has no credentials: give accessKeyId and secretAccessKey, or set up a profile or role.',
        { kind: 'bad-access-key', cause: error },
      )
    }
  }
}

interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

type Provider = (options: { forceRefresh: boolean }) => Promise<Identity>

async function loadProvider(region: string): Promise<Provider> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  return new S3Client({ region }).config.credentials
}

function toCredentials(identity: Identity): Credentials {
  return {
    accessKeyId: identity.accessKeyId,
    secret: identity.secretAccessKey,
    ...(identity.sessionToken && { token: identity.sessionToken }),
    ...(identity.expiration && { expiresAtMs: identity.expiration.getTime() }),
  }
}
