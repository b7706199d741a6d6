import { isStorageError } from '../../error.ts'
import type { Archive } from '../../storage.ts'
import { headBlob } from './read.ts'
import type { Wire } from './wire.ts'

/** A blob is brought back by moving it to another tier, where it stays: Hot, which costs nothing to leave early. */
export function openArchive(wire: Wire): Archive {
  return {
    restore: async (key, options) => {
      if ((await headBlob(wire, key, options)).archived !== 'archived') return
      const headers = { 'x-ms-access-tier': 'Hot', 'x-ms-rehydrate-priority': 'Standard' }
      try {
        await wire.send({ method: 'PUT', key, query: { comp: 'tier' }, headers, body: [], signal: options.signal })
      } catch (error) {
        if (!isStorageError(error) || error.code !== 'BlobBeingRehydrated') throw error
      }
    },
  }
}
