/** What of a file's metadata is stored at the destination, by what that holds. Pure. */
import type { MetadataPolicy } from './job.ts'
import { utf8Length } from './keys.ts'

/** The same shape as the storage contract's Metadata. */
export interface FileMetadata {
  readonly contentType?: string
  readonly cacheControl?: string
  readonly contentEncoding?: string
  readonly contentDisposition?: string
  readonly contentLanguage?: string
  readonly expires?: string
  readonly user: Readonly<Record<string, string>>
}

export interface MetadataRules {
  readonly policy: MetadataPolicy
  /** The source's modified time is the file's own (NAS, SFTP), or is to be kept by option. */
  readonly keepMtime: boolean
  /** What the destination holds. */
  readonly contentHeaders: boolean
  readonly userMetadata: boolean
  readonly keepsMtime: boolean
  readonly maxMetadataBytes: number
  /** Why it cannot hold user metadata of this name and value; undefined when it can. Absent: any name of a header. */
  readonly fault?: ((name: string, value: string) => string | undefined) | undefined
}

export type MappedMetadata =
  | { readonly kind: 'ok'; readonly metadata: FileMetadata; readonly mtimeMs: number; readonly dropped: readonly string[] }
  | { readonly kind: 'unsupported'; readonly sentence: string }

/**
 * Content headers go where there is room for them and are left behind elsewhere; of user metadata all must fit, or the policy
 * decides. The modified time travels as `mtime`, in seconds, as rclone writes it, and back.
 */
export function mapMetadata(source: FileMetadata, mtimeMs: number, rules: MetadataRules): MappedMetadata {
  const kept = parseMtime(source.user['mtime'])
  const fileMtimeMs = kept ?? mtimeMs
  if (rules.keepsMtime && !rules.userMetadata) return fit(withoutMtime(source), fileMtimeMs, rules)
  const user = rules.keepMtime && kept === undefined ? { ...source.user, mtime: formatMtime(mtimeMs) } : source.user
  return fit({ ...source, user }, fileMtimeMs, rules)
}

function withoutMtime(source: FileMetadata): FileMetadata {
  return { ...source, user: Object.fromEntries(Object.entries(source.user).filter(([name]) => name !== 'mtime')) }
}

function fit(source: FileMetadata, mtimeMs: number, rules: MetadataRules): MappedMetadata {
  const { user, dropped } = fitUser(source.user, rules)
  if (dropped.length > 0 && rules.policy === 'fail') return { kind: 'unsupported', sentence: unsupportedSentence(dropped) }
  const { user: _, ...headers } = source
  return { kind: 'ok', metadata: rules.contentHeaders ? { ...headers, user } : { user }, mtimeMs, dropped: dropped.map(({ name }) => name) }
}

interface Dropped {
  readonly name: string
  readonly why: string
}

function fitUser(source: Readonly<Record<string, string>>, rules: MetadataRules) {
  const user: Record<string, string> = {}
  const dropped: Dropped[] = []
  let bytes = 0
  for (const [name, value] of Object.entries(source)) {
    const cost = utf8Length(name) + utf8Length(value)
    const why = refusal(name, value, bytes + cost, rules)
    if (why !== undefined) {
      dropped.push({ name, why })
      continue
    }
    bytes += cost
    user[name] = value
  }
  return { user, dropped }
}

function refusal(name: string, value: string, bytes: number, { userMetadata, maxMetadataBytes, fault = headerFault }: MetadataRules): string | undefined {
  if (!userMetadata) return 'The destination holds none.'
  return fault(name, value) ?? (bytes > maxMetadataBytes ? `The destination holds ${maxMetadataBytes} bytes of it.` : undefined)
}

const headerFault = (name: string): string | undefined =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ? undefined : 'The destination holds it under names of plain letters.'

function unsupportedSentence(dropped: readonly Dropped[]): string {
  const names = dropped.map(({ name }) => `"${name}"`).join(', ')
  const reasons = [...new Set(dropped.map(({ why }) => why))].join(' ')
  return `User metadata ${names} cannot be kept. ${reasons} With --metadata-policy drop it is left behind.`
}

/** `1700000000.25`: seconds, without zeros at the end. */
export function formatMtime(mtimeMs: number): string {
  const micros = Math.round(Math.abs(mtimeMs) * 1_000)
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = String(micros % 1_000_000).padStart(6, '0').replace(/0+$/, '')
  return `${mtimeMs < 0 ? '-' : ''}${seconds}${fraction === '' ? '' : `.${fraction}`}`
}

/** Milliseconds, to the microsecond; undefined when it is not a number of seconds, or a moment that no clock shows. */
export function parseMtime(text: string | undefined): number | undefined {
  const [, sign, seconds, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text ?? '') ?? []
  if (seconds === undefined) return undefined
  const ms = Number(seconds) * 1_000 + Math.round(Number(`0.${fraction || '0'}`) * 1_000_000) / 1_000
  if (ms > mostMs) return undefined
  return sign === '-' ? -ms : ms
}

/** As far from 1970 as JavaScript's dates go. */
const mostMs = 8.64e15
