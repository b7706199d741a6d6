import type { ByteString } from './bytes.ts'
import type { Context } from './context.ts'
import { invalidArgument } from './error.ts'
import { header, own } from './request.ts'
import type { StoredObject } from './store/model.ts'

const contentHeaders: Readonly<Record<string, string>> = {
  'content-type': 'Content-Type',
  'cache-control': 'Cache-Control',
  'content-disposition': 'Content-Disposition',
  'content-encoding': 'Content-Encoding',
  'content-language': 'Content-Language',
  expires: 'Expires',
}

/** User metadata is kept without the door's prefix: another door may ask for it. */
const userPrefix = 'meta-'

/** The headers of a request that stay with the object. */
export function keptHeaders({ request, dialect }: Context): Record<string, ByteString> {
  const { metadata } = dialect
  const prefix = `${request.door.prefix}${userPrefix}`
  const kept: Record<string, ByteString> = { 'content-type': 'application/octet-stream' }
  let userBytes = 0
  for (const name of Object.keys(request.headers)) {
    const value = header(request, name)
    if (value === undefined) continue
    if (Object.hasOwn(contentHeaders, name)) kept[name] = value
    if (!name.startsWith(prefix)) continue
    checkName(name, metadata.names)
    userBytes += name.length - prefix.length + value.length
    kept[userPrefix + name.slice(prefix.length)] = value
  }
  if (userBytes <= metadata.maxBytes) return kept
  throw invalidArgument('The user metadata exceeds the maximum allowed size.', prefix.slice(0, -1), String(userBytes), '0011-00000002')
}

function checkName(name: string, allowed: RegExp): void {
  if (!allowed.test(name))
    throw invalidArgument('The name of user metadata holds unsupported characters.', 'meta', name, '0011-00000005')
}

export function storageClassOf({ request, dialect }: Context, fallback: string): string {
  const asked = own(request, 'storage-class')
  if (asked === undefined) return fallback
  const known = dialect.storageClasses.all.find(name => name === asked)
  if (!known) throw invalidArgument('Invalid storage class.', `${request.door.prefix}storage-class`, asked)
  return known
}

/** Kept headers as GET and HEAD give them back. */
export function shownHeaders({ request }: Context, object: StoredObject): Record<string, ByteString> {
  const { prefix } = request.door
  const show = (name: string): string => contentHeaders[name] ?? prefix + name
  return Object.fromEntries(Object.entries(object.headers).map(([name, value]) => [show(name), value]))
}

export const isArchive = ({ dialect }: Context, storageClass: string): boolean =>
  dialect.storageClasses.archive.includes(storageClass)

/** What the header `restore` says; undefined for objects that were never restored. */
export function restoreHeader(context: Context, { restore, storageClass }: StoredObject): string | undefined {
  const now = context.now()
  if (!restore || !isArchive(context, storageClass) || now >= restore.expiresAtMs) return undefined
  if (now < restore.readyAtMs) return 'ongoing-request="true"'
  return `ongoing-request="false", expiry-date="${new Date(restore.expiresAtMs).toUTCString()}"`
}

/** Whether the bytes can be read now. */
export function isReadable(context: Context, { restore, storageClass }: StoredObject): boolean {
  const now = context.now()
  return !isArchive(context, storageClass) || (restore !== undefined && now >= restore.readyAtMs && now < restore.expiresAtMs)
}
