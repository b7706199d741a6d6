import { isStorageError, StorageError } from '../../error.ts'
import type { Credentials } from './signing.ts'

/** What to sign with now; a promise only while it is being fetched. */
export type CredentialSource = () => Credentials | Promise<Credentials>

/** Fetched ones are replaced this long before they expire, so that none expires on the way. */
const refreshAheadMs = 5 * 60_000

export function fixedCredentials(credentials: Credentials): CredentialSource {
  return () => credentials
}

/** Keeps what `fetch` gave until shortly before it expires. Calls that come together fetch once. */
export function refreshedCredentials(fetch: () => Promise<Credentials>, now: () => number): CredentialSource {
  let kept: Credentials | undefined
  let fetching: Promise<Credentials> | undefined
  return () => {
    if (kept && (kept.expiresAtMs ?? Infinity) - refreshAheadMs > now()) return kept
    fetching ??= fetch()
      .then((fresh) => (kept = fresh))
      .finally(() => (fetching = undefined))
    return fetching
  }
}

/** The AWS credential chain: environment, profiles, SSO, container and instance roles. The SDK is loaded only here. */
export function awsChain(region: string): () => Promise<Credentials> {
  let provider: Promise<() => Promise<Identity>> | undefined
  return async () => {
    try {
      provider ??= loadProvider(region)
      return toCredentials(await (await provider)())
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

async function loadProvider(region: string): Promise<() => Promise<Identity>> {
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
