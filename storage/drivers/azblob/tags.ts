import type { Tagging } from '../../storage.ts'
import type { Client } from './client.ts'

/** What a name and a value of an index tag may be made of. */
const characters = /^[A-Za-z0-9 +\-./:=_]*$/

/** Blob index tags. */
export function openTagging(client: Client): Tagging {
  return {
    maxTags: 10,
    holds: (name, value) => name !== '' && name.length <= 128 && value.length <= 256 && characters.test(name) && characters.test(value),
    getTags: async (key, { signal } = {}) => {
      const blob = client.blob(key)
      return (await client.call('key', () => blob.getTags({ ...(signal && { abortSignal: signal }) }))).tags
    },
  }
}
