import { isStorageError } from '../../error.ts'
import type { Archive } from '../../storage.ts'
import type { Client } from './client.ts'
import { headBlob } from './read.ts'

/** A blob is brought back by moving it to another tier, where it stays: Hot, which costs nothing to leave early. */
export function openArchive(client: Client): Archive {
  return {
    restore: async (key, options) => {
      if ((await headBlob(client, key, options)).archived !== 'archived') return
      const blob = client.blob(key)
      const { signal } = options
      try {
        await client.call('key', () => blob.setAccessTier('Hot', { rehydratePriority: 'Standard', ...(signal && { abortSignal: signal }) }))
      } catch (error) {
        if (!isStorageError(error) || error.code !== 'BlobBeingRehydrated') throw error
      }
    },
  }
}
