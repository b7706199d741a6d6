import type { Acl, Archive, Body, Multipart, ServerCopy, Storage, Tagging } from '../storage.ts'

type Groups = 'multipart' | 'archive' | 'tagging' | 'acl' | 'serverCopy'
export type Operation =
  | Exclude<keyof Storage, 'info' | 'limits' | 'abilities' | 'close' | 'facts' | 'refuses' | 'rights' | 'turns' | Groups>
  | keyof Multipart
  | keyof Archive
  | Exclude<keyof Tagging, 'maxTags' | 'holds'>
  | keyof Acl
  | Exclude<keyof ServerCopy, 'maxCopyBytes' | 'reaches'>

export interface Call {
  readonly operation: Operation
  /** Absent for `list`. */
  readonly key?: string | undefined
  /** Bytes of the body that is sent. */
  readonly sentBytes: number
  readonly signal: AbortSignal | undefined
}

/** Called around every operation; `next` may be called not at all, once or again. */
export type Around = <T>(call: Call, next: () => Promise<T>) => Promise<T>

/** A storage that does the same, with `around` about each call. */
export function intercept(inner: Storage, around: Around): Storage {
  const { multipart, archive, tagging, acl, serverCopy } = inner
  const copyPart = serverCopy?.copyPart
  const putLongPart = multipart?.putLongPart
  const run = <T>(operation: Operation, options: Asked, next: () => Promise<T>, key?: string, body: Body = [], sentBytes = sizeOf(body)): Promise<T> =>
    around({ operation, key, signal: options?.signal, sentBytes }, next)
  return {
    ...forward(inner),
    list: (options) => run('list', options, () => inner.list(options)),
    head: (key, options) => run('head', options, () => inner.head(key, options), key),
    get: (key, sink, options) => run('get', options, () => inner.get(key, sink, options), key),
    put: (key, body, options) => run('put', options, () => inner.put(key, body, options), key, body),
    delete: (key, options) => run('delete', options, () => inner.delete(key, options), key),
    ...(multipart && {
      multipart: {
        create: (key, options) => run('create', options, () => multipart.create(key, options), key),
        putPart: (upload, number, body, options) =>
          run('putPart', options, () => multipart.putPart(upload, number, body, options), upload.key, body),
        listParts: (upload, options) => run('listParts', options, () => multipart.listParts(upload, options), upload.key),
        complete: (upload, parts, options) =>
          run('complete', options, () => multipart.complete(upload, parts, options), upload.key),
        abort: (upload, options) => run('abort', options, () => multipart.abort(upload, options), upload.key),
        listUploads: (key, options) => run('listUploads', options, () => multipart.listUploads(key, options), key),
        ...(putLongPart && {
          putLongPart: (upload, number, body, options) =>
            run('putLongPart', options, () => putLongPart(upload, number, body, options), upload.key, [], body.size),
        }),
      },
    }),
    ...(archive && { archive: { restore: (key, options) => run('restore', options, () => archive.restore(key, options), key) } }),
    ...(tagging && { tagging: { ...tagging, getTags: (key, options) => run('getTags', options, () => tagging.getTags(key, options), key) } }),
    ...(acl && { acl: { ...acl, getAcl: (key, options) => run('getAcl', options, () => acl.getAcl(key, options), key) } }),
    ...(serverCopy && {
      serverCopy: {
        ...serverCopy,
        copy: (source, key, options) => run('copy', options, () => serverCopy.copy(source, key, options), key),
        ...(copyPart && {
          copyPart: (upload, number, source, options) => run('copyPart', options, () => copyPart(upload, number, source, options), upload.key),
        }),
      },
    }),
  }
}

const sizeOf = (body: Body): number => body.reduce((sum, { length }) => sum + length, 0)

type Asked = { readonly signal?: AbortSignal } | undefined

/** Every member of `inner`, to be spread: layers name only what they change. */
export function forward(inner: Storage): Storage {
  const { info, limits, abilities, multipart, archive, tagging, acl, serverCopy, refuses, rights, turns, facts } = inner
  return {
    info,
    limits,
    abilities,
    list: (options) => inner.list(options),
    head: (key, options) => inner.head(key, options),
    get: (key, sink, options) => inner.get(key, sink, options),
    put: (key, body, options) => inner.put(key, body, options),
    delete: (key, options) => inner.delete(key, options),
    close: () => inner.close(),
    ...(multipart && { multipart }),
    ...(archive && { archive }),
    ...(tagging && { tagging }),
    ...(acl && { acl }),
    ...(serverCopy && { serverCopy }),
    ...(refuses && { refuses }),
    ...(rights && { rights }),
    ...(turns && { turns }),
    ...(facts && { facts }),
  }
}
