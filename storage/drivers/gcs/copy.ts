/** Copies within Cloud Storage: rewriting, which takes several calls where location or class change. */
import { isOneCaller } from '../../caller.ts'
import { StorageError } from '../../error.ts'
import type { CopySource, PutOptions, PutResult, ServerCopy, StorageInfo } from '../../storage.ts'
import { ofHashFields } from './hashes.ts'
import { parseJson, type ObjectResource } from './info.ts'
import type { Wire } from './wire.ts'
import { generationQuery, toResource } from './write.ts'

/** Ours: a few calls of half a minute each, where one would not do. */
const maxCopyBytes = 5 * 2 ** 30

export function openServerCopy(wire: Wire, info: StorageInfo): ServerCopy {
  return {
    maxCopyBytes,
    reaches: (source) => isOneCaller(source, info),
    copy: (source, key, options) => rewrite(wire, source, key, options),
  }
}

interface Rewriting {
  readonly done: boolean
  readonly rewriteToken?: string
  readonly resource?: ObjectResource
}

async function rewrite(wire: Wire, source: CopySource, key: string, options: PutOptions): Promise<PutResult> {
  for (let token: string | undefined; ;) {
    const { done, rewriteToken, resource } = await goOn(wire, source, key, options, token)
    if (done && resource !== undefined) return { etag: resource.generation, hashes: ofHashFields(resource) }
    if (rewriteToken === undefined) throw new StorageError('The store did not say whether it copied.', { kind: 'unexpected' })
    token = rewriteToken
  }
}

/** The resource is given whole, so that Google takes nothing over from the source; each call must have the same. */
async function goOn({ paths, send }: Wire, source: CopySource, key: string, options: PutOptions, token: string | undefined): Promise<Rewriting> {
  const { signal } = options
  const { body } = await send({
    method: 'POST',
    path: paths.rewrite(source.info.bucket, source.info.prefix + source.key, key),
    query: {
      fields: 'done,rewriteToken,resource(generation,crc32c,md5Hash)',
      ...generationQuery(options),
      ...(source.ifMatch !== undefined && { ifSourceGenerationMatch: source.ifMatch }),
      ...(token !== undefined && { rewriteToken: token }),
    },
    headers: { 'content-type': 'application/json' },
    body: [Buffer.from(JSON.stringify(toResource(key, options)))],
    patience: 'complete',
    about: 'key',
    ...(signal && { signal }),
  })
  return parseJson<Rewriting>(body)
}
