/** What of a file's tags and rights is stored at the destination, by what that holds. Pure. */
import type { MetadataPolicy } from './job.ts'

/** The same as the storage contract's Tags and CannedAcl. */
export interface Attached {
  readonly tags?: Readonly<Record<string, string>>
  readonly acl?: 'private' | 'public-read' | 'public-read-write'
}

export interface AttachedRules {
  readonly policy: MetadataPolicy
  /** 0: the destination has no tags. */
  readonly maxTags: number
  readonly holdsTag: (name: string, value: string) => boolean
  /** The destination's objects have rights of their own. */
  readonly rights: boolean
}

export type MappedAttached =
  | { readonly kind: 'ok'; readonly attached: Attached; readonly dropped: readonly string[] }
  | { readonly kind: 'unsupported'; readonly sentence: string }

/** Where a destination has no rights of objects, nothing is lost by `private`: nobody else may read there either. */
export function mapAttached({ tags = {}, acl }: Attached, rules: AttachedRules): MappedAttached {
  const pairs = Object.entries(tags)
  const kept = pairs.filter(([name, value]) => rules.holdsTag(name, value)).slice(0, rules.maxTags)
  const lostTags = pairs.filter((pair) => !kept.includes(pair)).map(([name]) => `tag "${name}"`)
  const lostRights = acl === undefined || acl === 'private' || rules.rights ? [] : [`access right ${acl}`]
  const dropped = [...lostTags, ...lostRights]
  if (dropped.length > 0 && rules.policy === 'fail') return { kind: 'unsupported', sentence: sentenceFor(dropped) }
  const attached: Attached = { ...(kept.length > 0 && { tags: Object.fromEntries(kept) }), ...(acl && rules.rights && { acl }) }
  return { kind: 'ok', attached, dropped }
}

const sentenceFor = (dropped: readonly string[]): string =>
  `The destination cannot keep ${dropped.join(', ')}. With --metadata-policy drop it is left behind.`
