/** Whether an address works at all: a listing at the source, a canary at the destination. */
import { isStorageError, type StorageError } from '../storage/error.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'
import { isAddressLike } from '../storage/address-fault.ts'
import type { Side } from '../storage/file-error.ts'
import { retrying } from '../storage/retrying.ts'

export interface ProbeOptions extends CallOptions {
  /** What a look at a destination writes, and deletes again. */
  readonly canaryKey: string
}

export async function probeAddress(storage: Storage, side: Side, { canaryKey, signal }: ProbeOptions): Promise<StorageError | undefined> {
  try {
    await retrying(() => (side === 'source' ? look(storage, { signal }) : writeCanary(storage, canaryKey, { signal })), { signal })
    return undefined
  } catch (error) {
    if (isStorageError(error) && isAddressLike(error)) return error
    if (isStorageError(error) && error.kind !== 'aborted') return undefined
    throw error
  }
}

async function look(storage: Storage, { signal }: CallOptions): Promise<void> {
  await storage.list({ limit: 1, signal })
}

const canaryBody = Buffer.from('tranship looks whether this address can be written to\n')

async function writeCanary(storage: Storage, key: string, { signal }: CallOptions): Promise<void> {
  await storage.put(key, [canaryBody], { metadata: { contentType: 'text/plain', user: {} }, signal })
  await storage.delete(key, { signal })
}
