import type { Tagging } from '../../storage.ts'
import type { Client } from './client.ts'

/** Blob index tags. */
export function openTagging(client: Client): Tagging {
  return {
    maxTags: 10,
    getTags: async (key, { signal } = {}) => {
      const blob = client.blob(key)
      return (await client.call('key', () => blob.getTags({ ...(signal && { abortSignal: signal }) }))).tags
    },
  }
}
