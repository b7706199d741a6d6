/**
 * How many requests a process has in flight: more while more of them bring more, as where a store is far away, and again as many as
 * before where they do not. Pure: one step for each window of time.
 */
export interface Climb {
  readonly places: number
  /** A step up is being tried: what there was before it. */
  readonly before?: { readonly places: number; readonly perSecond: number }
  /** Nothing is tried for so many windows. */
  readonly rest: number
}

export interface Window {
  /** Requests that ended. */
  readonly ended: number
  readonly ms: number
  /** There were always some that waited for a place. */
  readonly full: boolean
}

export const fewestPlaces = 64
export const mostPlaces = 256
const stepUp = 1.25
/** More places must bring this share of as much more. */
const leastGain = 1 / 2
const restWindows = 15

export const startClimb = (places = fewestPlaces): Climb => ({ places, rest: 0 })

export function climb(state: Climb, { ended, ms, full }: Window): Climb {
  const { places, before, rest } = state
  if (!full) return { places: before?.places ?? places, rest }
  const perSecond = (ended * 1_000) / ms
  if (before !== undefined && perSecond < before.perSecond * (1 + leastGain * (places / before.places - 1))) return { places: before.places, rest: restWindows }
  if (before === undefined && rest > 0) return { places, rest: rest - 1 }
  if (places >= mostPlaces) return { places, rest: restWindows }
  return { places: Math.min(mostPlaces, Math.ceil(places * stepUp)), before: { places, perSecond }, rest: 0 }
}
