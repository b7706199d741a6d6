/** Source and destination that are the same, or lie inside each other, as far as their names tell. */
import { parseAddressRef, type AddressRef } from './address.ts'
import type { Fault } from './codes.ts'

/** Local paths must be absolute and normal. What different names hide is found by the address check's canary. */
export function overlapFault(source: string, destination: string): Fault | undefined {
  const [from, to] = [parseAddressRef(source), parseAddressRef(destination)]
  const [inner, outer] = [locationOf(from), locationOf(to)]
  if (inner === undefined || outer === undefined || from.kind !== to.kind) return undefined
  if (inner === outer)
    return {
      code: 'DuplicateSourceDestination',
      message: `Source and destination are both "${source}": choose two different addresses.`,
    }
  if (!inner.startsWith(outer) && !outer.startsWith(inner)) return undefined
  return {
    code: 'SourceDestinationShouldNotSame',
    message: `"${source}" and "${destination}" lie inside each other: choose places apart from each other.`,
  }
}

/** Texts of which one begins with the other exactly when the places are nested. */
function locationOf(ref: AddressRef): string {
  return ref.kind === 'path' ? `${ref.path.replace(/\/+$/, '')}/` : `${ref.name}:${ref.prefix}`
}
