import type { GetOptions, ListEntry, ListOptions, Multipart, ServerCopy, Storage, UploadRef } from '../storage.ts'
import { forward } from './intercept.ts'

/** Keys below `prefix` ('' or ending in '/'), seen without it. The prefix's own marker, where there is one, is the key ''. */
export function withPrefix(inner: Storage, prefix: string): Storage {
  if (prefix === '') return inner
  const bare = <T extends ListEntry>(entry: T): T => ({ ...entry, key: entry.key.slice(prefix.length) })
  return {
    ...forward(inner),
    info: { ...inner.info, prefix },
    list: async (options) => {
      const { hidden, ...page } = await inner.list(below(prefix, options))
      return { ...page, entries: page.entries.map(bare), ...(hidden && { hidden: hidden.map((key) => key.slice(prefix.length)) }) }
    },
    head: async (key, options) => bare(await inner.head(prefix + key, options)),
    get: async (key, sink, options = {}) => bare(await inner.get(prefix + key, sink, withBareInfo(options, bare))),
    put: (key, body, options) => inner.put(prefix + key, body, options),
    delete: (key, options) => inner.delete(prefix + key, options),
    ...(inner.multipart && { multipart: multipartBelow(prefix, inner.multipart) }),
    ...groupsBelow(prefix, inner),
  }
}

function groupsBelow(prefix: string, { archive, tagging, acl, serverCopy, refuses }: Storage): Partial<Storage> {
  const { key: refusesKey } = refuses ?? {}
  return {
    ...(refusesKey && { refuses: { ...refuses, key: (key) => refusesKey(prefix + key) } }),
    ...(archive && { archive: { restore: (key, options) => archive.restore(prefix + key, options) } }),
    ...(tagging && { tagging: { ...tagging, getTags: (key, options) => tagging.getTags(prefix + key, options) } }),
    ...(acl && { acl: { ...acl, getAcl: (key, options) => acl.getAcl(prefix + key, options) } }),
    ...(serverCopy && { serverCopy: serverCopyBelow(prefix, serverCopy) }),
  }
}

function serverCopyBelow(prefix: string, inner: ServerCopy): ServerCopy {
  const { copyPart } = inner
  return {
    ...inner,
    copy: (source, key, options) => inner.copy(source, prefix + key, options),
    ...(copyPart && { copyPart: (upload, ...rest) => copyPart({ ...upload, key: prefix + upload.key }, ...rest) }),
  }
}

function below(prefix: string, options: ListOptions = {}): ListOptions {
  const { startAfter } = options
  const asked = { ...options, prefix: prefix + (options.prefix ?? '') }
  return startAfter === undefined ? asked : { ...asked, startAfter: prefix + startAfter }
}

function withBareInfo(options: GetOptions, bare: <T extends ListEntry>(entry: T) => T): GetOptions {
  const { onInfo } = options
  return onInfo ? { ...options, onInfo: (info) => onInfo(bare(info)) } : options
}

function multipartBelow(prefix: string, inner: Multipart): Multipart {
  const full = (upload: UploadRef): UploadRef => ({ ...upload, key: prefix + upload.key })
  const bare = (upload: UploadRef): UploadRef => ({ ...upload, key: upload.key.slice(prefix.length) })
  const { putLongPart } = inner
  return {
    create: async (key, options) => bare(await inner.create(prefix + key, options)),
    putPart: (upload, number, body, options) => inner.putPart(full(upload), number, body, options),
    ...(putLongPart && { putLongPart: (upload, ...rest) => putLongPart(full(upload), ...rest) }),
    listParts: (upload, options) => inner.listParts(full(upload), options),
    complete: (upload, parts, options) => inner.complete(full(upload), parts, options),
    abort: (upload, options) => inner.abort(full(upload), options),
    listUploads: async (key, options) => (await inner.listUploads(prefix + key, options)).map(bare),
  }
}
