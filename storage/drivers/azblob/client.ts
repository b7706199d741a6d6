import { AnonymousCredential, ContainerClient, isRestError, newPipeline, StorageSharedKeyCredential, type BlockBlobClient } from '@azure/storage-blob'
import { isStorageError, StorageError } from '../../error.ts'
import { openDispatcher } from '../../http/transport.ts'
import { toAccount, type Account } from './account.ts'
import type { AzblobAddress } from './address.ts'
import { toStorageError, withAccountCodes, type Refusal } from './error.ts'
import { openHttpClient, type Timeouts } from './http.ts'
import { checkedKey } from './key.ts'
import { openSend, type Send } from './requests.ts'
import { toSourceUrl, type SourceUrl } from './source-url.ts'

export interface Client {
  readonly container: ContainerClient
  /** Fails `key-unsupported`. */
  blob(key: string): BlockBlobClient
  /** A call of the SDK; its every failure is a StorageError. */
  call<T>(about: Refusal['about'], work: () => Promise<T>): Promise<T>
  /** What the SDK does not do, or not well. */
  readonly send: Send
  /** Where this account's blobs can be read by Azure itself. */
  readonly sourceUrl: SourceUrl
  close(): Promise<void>
}

export interface ClientDeps {
  readonly now?: () => number
  readonly timeouts?: Timeouts
}
const usualTimeouts: Timeouts = { connectMs: 10_000, headersMs: 30_000, completeMs: 10 * 60_000, bodyMs: 60_000 }

export function openClient(address: AzblobAddress, { now = Date.now, timeouts = usualTimeouts }: ClientDeps = {}): Client {
  const account = toAccount(address)
  const dispatcher = openDispatcher({
    origin: new URL(account.endpoint).origin,
    connectTimeoutMs: timeouts.connectMs,
    ...(address.caFile && { caFile: address.caFile }),
    ...(address.proxy && { proxy: address.proxy }),
  })
  const pipeline = newPipeline(toCredential(account), { httpClient: openHttpClient(dispatcher, timeouts), retryOptions: { maxTries: 1 } })
  const container = new ContainerClient(containerUrl(account, address.container), pipeline)
  const sasExpired = () => isPast(account, now())
  return {
    container,
    blob: (key) => container.getBlockBlobClient(checkedKey(key)),
    call: async (about, work) => {
      try {
        return await work()
      } catch (error) {
        throw toDriverError(error, about, sasExpired(), now())
      }
    },
    send: openSend(dispatcher, account, address.container, sasExpired, timeouts),
    sourceUrl: toSourceUrl(account, now),
    close: () => dispatcher.close(),
  }
}

function toCredential({ name, credential }: Account): StorageSharedKeyCredential | AnonymousCredential {
  return credential.kind === 'key' ? new StorageSharedKeyCredential(name, credential.key) : new AnonymousCredential()
}

function containerUrl({ endpoint, credential }: Account, container: string): string {
  const url = `${endpoint}/${encodeURIComponent(container)}`
  return credential.kind === 'sas' ? `${url}?${credential.token}` : url
}

/** By the time that a shared access signature itself names. */
function isPast({ credential }: Account, nowMs: number): boolean {
  return credential.kind === 'sas' && Date.parse(new URLSearchParams(credential.token).get('se') ?? '') < nowMs
}

function toDriverError(error: unknown, about: Refusal['about'], sasExpired: boolean, nowMs: number): unknown {
  if (isStorageError(error)) return withAccountCodes(error)
  if (!(error instanceof Error)) return error
  if (error.name === 'AbortError') return isStorageError(error.cause) ? error.cause : new StorageError('The call was aborted.', { kind: 'aborted', cause: error })
  if (!isRestError(error) || error.response === undefined || error.response.status < 300) return new StorageError(error.message, { kind: 'unexpected' })
  const { status, headers, bodyAsText } = error.response
  return toStorageError({ status, headers: headers.toJSON(), body: bodyAsText ?? '', about, sasExpired }, nowMs)
}
