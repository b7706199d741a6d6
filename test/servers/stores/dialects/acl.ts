import { owner } from '../operations/buckets.ts'
import { element, node } from '../xml.ts'

const everyone = 'http://acs.amazonaws.com/groups/global/AllUsers'
const rights: Readonly<Record<string, readonly string[]>> = {
  'public-read': ['READ'],
  'public-read-write': ['READ', 'WRITE'],
}

/** A canned ACL as S3 shows it: what its owner may, and what everyone may. */
export function showGrants(canned: string | undefined): string {
  const own = grant('CanonicalUser', owner.replace(/^<Owner>|<\/Owner>$/g, ''), 'FULL_CONTROL')
  return own + (rights[canned ?? ''] ?? []).map(right => grant('Group', element('URI', everyone), right)).join('')
}

const grant = (type: string, who: string, right: string): string =>
  node('Grant', `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${who}</Grantee>`, element('Permission', right))
