import type { ByteString } from './bytes.ts'
import { invalidArgument } from './error.ts'
import { isArchive, KiB, storageClasses } from './options.ts'
import { header, type OssRequest } from './request.ts'
import type { StoredObject } from './store/model.ts'

const contentHeaders = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const
const userPrefix = 'x-oss-meta-'
const maxUserBytes = 8 * KiB

/** The headers of a request that stay with the object. */
export function keptHeaders(request: OssRequest): Record<string, ByteString> {
  const kept: Record<string, ByteString> = { 'content-type': 'application/octet-stream' }
  let userBytes = 0
  for (const name of Object.keys(request.headers)) {
    const value = header(request, name)
    if (value === undefined) continue
    if (name.startsWith(userPrefix)) userBytes += checkName(name).length - userPrefix.length + value.length
    if (name.startsWith(userPrefix) || contentHeaders.some(known => known === name)) kept[name] = value
  }
  if (userBytes > maxUserBytes)
    throw invalidArgument('The user metadata exceeds the maximum allowed size.', 'x-oss-meta', String(userBytes), '0011-00000002')
  return kept
}

/** Letters, digits and hyphens: not even an underscore. */
function checkName(name: string): string {
  if (!/^[a-z0-9-]+$/.test(name))
    throw invalidArgument('The name of user metadata holds unsupported characters.', 'x-oss-meta', name, '0011-00000005')
  return name
}

export function storageClassOf(request: OssRequest, fallback: string): string {
  const asked = header(request, 'x-oss-storage-class')
  if (asked === undefined) return fallback
  const known = storageClasses.find(name => name === asked)
  if (!known) throw invalidArgument('Invalid storage class.', 'x-oss-storage-class', asked)
  return known
}

const names: Readonly<Record<string, string>> = {
  'content-type': 'Content-Type',
  'cache-control': 'Cache-Control',
  'content-disposition': 'Content-Disposition',
  'content-encoding': 'Content-Encoding',
  'content-language': 'Content-Language',
  expires: 'Expires',
}

/** Kept headers as GET and HEAD give them back. */
export function shownHeaders(object: StoredObject): Record<string, ByteString> {
  return Object.fromEntries(Object.entries(object.headers).map(([name, value]) => [names[name] ?? name, value]))
}

/** What x-oss-restore says; undefined for objects that were never restored. */
export function restoreHeader({ restore, storageClass }: StoredObject, now: number): string | undefined {
  if (!restore || !isArchive(storageClass) || now >= restore.expiresAtMs) return undefined
  if (now < restore.readyAtMs) return 'ongoing-request="true"'
  return `ongoing-request="false", expiry-date="${new Date(restore.expiresAtMs).toUTCString()}"`
}

/** Whether the bytes can be read now. */
export function isReadable({ restore, storageClass }: StoredObject, now: number): boolean {
  return !isArchive(storageClass) || (restore !== undefined && now >= restore.readyAtMs && now < restore.expiresAtMs)
}
