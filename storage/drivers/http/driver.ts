import { StorageError } from '../../error.ts'
import type { CallOptions, ObjectInfo, Storage, StorageAbilities, StorageLimits } from '../../storage.ts'
import type { DriverOptions } from '../../vendors.ts'
import type { HttpAddress } from './address.ts'
import { Catalog } from './catalog.ts'
import { headUrl } from './head.ts'
import { faultyLine, listPage, maxListEntries } from './list.ts'
import { localList, objectList, type ListSource } from './list-source.ts'
import { getUrl } from './read.ts'
import type { Row } from './row.ts'
import { Sizes } from './size.ts'
import { openWeb } from './web.ts'
import { httpRights } from './rights.ts'

const limits: StorageLimits = {
  maxPutBytes: Infinity,
  minPartBytes: 1,
  maxPartBytes: Infinity,
  maxParts: 1,
  maxObjectBytes: Infinity,
  maxKeyBytes: Infinity,
  maxMetadataBytes: Infinity,
  mtimeResolutionMs: 1000,
  maxListEntries,
}

/** Servers differ: no promise of HTTP is taken for kept. */
const abilities: StorageAbilities = {
  ordered: false,
  startAfter: false,
  read: true,
  write: false,
  conditionalPut: false,
  conditionalGet: false,
  etag: false,
  contentHeaders: true,
  userMetadata: false,
  keepsMtime: false,
  putHashes: [],
  statedHashes: [],
}

/** Opens a list of URLs. Neither the list nor a URL is touched yet. */
export function openHttp(address: HttpAddress, { openOther }: DriverOptions = {}): Storage {
  const catalog = new Catalog(sourceOf(address.list, openOther))
  const web = openWeb(address)
  const sizes = new Sizes(web)
  const head = (row: Row, options: CallOptions) => headUrl(web, sizes, row, options)
  return {
    info: { vendor: 'http', bucket: catalog.name, prefix: '', endpoint: 'http:' },
    limits,
    abilities,
    rights: httpRights,
    list: (options) => listPage(catalog, head, options),
    head: async (key, options = {}) => (await faultOf(catalog, key, options)) ?? (await head(await rowOf(catalog, key, options), options)),
    get: async (key, sink, options = {}) => await getUrl(web, sizes, await rowOf(catalog, key, options), sink, options),
    put: () => Promise.reject(readOnly()),
    delete: () => Promise.reject(readOnly()),
    async close() {
      await catalog.close()
      await web.close()
    },
  }
}

function sourceOf(list: HttpAddress['list'], openOther: DriverOptions['openOther']): ListSource {
  if (typeof list === 'string') return localList(list)
  return objectList(list.key, () => {
    if (openOther === undefined) throw new StorageError('There is nobody to open the address of the list.', { kind: 'invalid' })
    return openOther(list.address)
  })
}

/** Of a name that stands for a line, where no row has it as file name. */
async function faultOf(catalog: Catalog, key: string, { signal }: CallOptions): Promise<ObjectInfo | undefined> {
  if (!key.startsWith('line ')) return undefined
  const list = await catalog.list({ ...(signal && { signal }) })
  const entry = (await list.find(key)) === undefined ? await faultyLine(list, catalog.name, key) : undefined
  return entry && { ...entry, metadata: { user: {} }, hashes: {} }
}

/** Fails `not-found`. */
async function rowOf(catalog: Catalog, key: string, { signal }: CallOptions): Promise<Row> {
  const row = await (await catalog.list({ ...(signal && { signal }) })).find(key)
  if (row === undefined) throw new StorageError(`${catalog.name} has no row for "${key}".`, { kind: 'not-found' })
  return row
}

const readOnly = (): StorageError => new StorageError('A list of URLs can only be read.', { kind: 'invalid' })
