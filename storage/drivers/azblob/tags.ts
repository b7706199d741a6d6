import type { Tagging } from '../../storage.ts'
import type { Client } from './client.ts'

const names = /^[A-Za-z0-9 +\-./:=_]{1,128}$/
const values = /^[A-Za-z0-9 +\-./:=_]{0,256}$/

/** Blob index tags. */
export function openTagging(client: Client): Tagging {
  return {
    maxTags: 10,
    holds: (name, value) => names.test(name) && values.test(value),
    getTags: async (key, { signal } = {}) => {
      const blob = client.blob(key)
      return (await client.call('key', () => blob.getTags({ ...(signal && { abortSignal: signal }) }))).tags
    },
  }
}
