/**
 * How the hosts that copy for a job share its limit without a server that deals it out: claim, look, use. Pure.
 *
 * Each host runs one share. Its heartbeats record what part of the limit it claims; a view shows the limit and what all have
 * recorded, as it was at one moment. Parts are fractions, and whatever limit a view shows is multiplied with them: a new limit is
 * kept as soon as it is seen, and needs no new claims.
 *
 * A host lowers its part at once and claims less with its next heartbeat. It raises its part only once a view shows its higher claim
 * recorded and room for it beside all others' claims. All claims are recorded in one place and everybody records before they look,
 * so of two that raise together at least one sees the other: the parts in use never come to more than 1. What a host may use
 * fades with the age of its last view, and ends before its share can have timed out.
 */
import { everything, fairParts } from './fair.ts'
import type { Allowance } from './limit.ts'

/** Heartbeat details of a share. */
export interface Claim {
  /** Counts this share's heartbeats, from 1. */
  readonly seq: number
  /** Part of the limit, 0 to 1. */
  readonly claim: number
  /** Bytes a second that the host could use. */
  readonly want: number
}

export interface Participant {
  /** Names one attempt of one host's share: another attempt is another participant, and what an earlier one recorded is not its. */
  readonly share: string
  /** Absent: nothing that can be read is recorded yet. It then counts as claiming the whole limit. */
  readonly recorded?: Claim
}

export interface View {
  /** Bytes a second; 0 holds. */
  readonly limit: number
  /** Those whose share runs. */
  readonly participants: readonly Participant[]
  /** When the host asked, by its own clock: what is shown is not older. */
  readonly askedAtMs: number
}

/** How a host used its part since its last heartbeat. */
export interface Usage {
  readonly bytesPerSecond: number
  /** Part of the time in which somebody waited for tokens, 0 to 1. */
  readonly waiting: number
}

/** What one host knows and does. */
export interface Share {
  readonly share: string
  readonly view?: View
  /** The last limit that it saw above 0: parts are fair by that while the job is held. */
  readonly limit: number
  /** Part of the limit that it uses, while its view is fresh. */
  readonly part: number
  readonly want: number
  /** Bytes a second that it used when it could have used more. */
  readonly used: number
  /** Heartbeats in a row before which it waited. */
  readonly waited: number
  /** The heartbeat last seen recorded and all since. */
  readonly sent: readonly (Claim & { readonly atMs: number })[]
  /** When the heartbeat last seen recorded was sent. */
  readonly seenAtMs: number
}

export const shareBeatMs = 1_000
/** heartbeatTimeout of the share activity. */
export const shareTimeoutMs = 10_000
/** Without a recorded heartbeat in this time a host uses nothing: others may have its part soon. */
const leaseMs = shareTimeoutMs - 1_000
const freshMs = 2_500
const staleMs = 5_000
const mostSent = 60

export const joinShare = (share: string): Share => ({ share, limit: 1, part: 0, want: everything, used: 0, waited: 0, sent: [], seenAtMs: -Infinity })

/** Takes a view in. One that was asked for earlier than the last changes nothing. */
export function look(before: Share, view: View): Share {
  if (before.view !== undefined && view.askedAtMs <= before.view.askedAtMs) return before
  const share = { ...before, view, limit: view.limit || before.limit }
  const mine = view.participants.find((participant) => isMine(share, participant))
  if (mine === undefined) return { ...share, part: 0 }
  const sent = share.sent.filter(({ seq }) => seq >= (mine.recorded?.seq ?? 0))
  const recorded = sent.find(({ seq }) => seq === mine.recorded?.seq)
  const raised = recorded === undefined ? 0 : Math.min(roomFor(share, view), ...sent.map(({ claim }) => claim))
  return { ...share, sent, part: Math.min(fairPart(share), Math.max(share.part, raised)), seenAtMs: recorded?.atMs ?? share.seenAtMs }
}

/** The next heartbeat, about one a second. */
export function beat(before: Share, usage: Usage, nowMs: number): { readonly share: Share; readonly claim: Claim } {
  const share = learn(before, usage)
  const claim: Claim = { seq: (share.sent.at(-1)?.seq ?? 0) + 1, claim: fairPart(share), want: share.want }
  const sent = [...share.sent.slice(1 - mostSent), { ...claim, atMs: nowMs }]
  return { share: { ...share, sent, part: Math.min(share.part, claim.claim) }, claim }
}

/** What may be used as long as nothing else is heard, by the host's own clock. */
export function allowanceOf({ part, view, seenAtMs }: Share): Allowance {
  const askedAtMs = view?.askedAtMs ?? -Infinity
  const zeroAtMs = Math.min(askedAtMs + staleMs, seenAtMs + leaseMs)
  return { bytesPerSecond: Math.floor(part * (view?.limit ?? 0)), fullUntilMs: Math.min(askedAtMs + freshMs, zeroAtMs), zeroAtMs }
}

const isMine = ({ share }: Share, participant: Participant): boolean => participant.share === share

const roomFor = (share: Share, { participants }: View): number =>
  participants.reduce((room, other) => (isMine(share, other) ? room : room - (other.recorded?.claim ?? 1)), 1)

/** Rounded down, so that all parts together are not above 1. */
function fairPart(share: Share): number {
  if (share.view === undefined) return 0
  const others = share.view.participants.filter((participant) => !isMine(share, participant))
  const [mine = 0] = fairParts(share.limit, [share.want, ...others.map(({ recorded }) => recorded?.want ?? everything)])
  return Math.floor((mine / share.limit) * 1e6) / 1e6
}

/** Of a heartbeat's time: below the first it had enough, above the second too little, between them nothing is learnt. */
const seldom = 0.3
const mostly = 0.6
/** One second of waiting may be chance. */
const waitsToWantAll = 2
/** What a host wants beyond what it uses: so much of that, and all hosts together so much of the limit. */
const spareOfUse = 0.04
const spareOfLimit = 0.01

function learn(share: Share, usage: Usage): Share {
  if (!share.view?.limit) return share
  if (usage.waiting > mostly) return learnWaiting(share)
  return usage.waiting < seldom ? learnUse(share, share.view, usage) : { ...share, waited: 0 }
}

/** Who keeps waiting wants all that is fair, unless more is on its way already. */
function learnWaiting(share: Share): Share {
  const waited = share.waited + 1
  const isRaising = share.part * 1.02 < (share.sent.at(-1)?.claim ?? 0)
  return { ...share, waited, want: waited >= waitsToWantAll && !isRaising ? everything : share.want }
}

/** A little more than it used, so that it is seen when it could use more; steady while that is about right, so that all parts are. */
function learnUse(share: Share, { limit, participants }: View, { bytesPerSecond }: Usage): Share {
  const used = Math.max(bytesPerSecond, (share.used + bytesPerSecond) / 2)
  const beyond = spareOfUse * used + (spareOfLimit * limit) / Math.max(1, participants.length)
  const isSteady = share.want > used + 0.5 * beyond && share.want < used + 1.5 * beyond
  return { ...share, waited: 0, used, want: isSteady ? share.want : used + beyond }
}
