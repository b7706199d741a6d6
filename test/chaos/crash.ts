/** kill -9 of one part of the system at one step, and that part again in its place. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Commands } from './commands.ts'
import type { Lane } from './lane.ts'
import { activityEvents, writes, type Step } from './steps.ts'
import { keptSoFar, type Kept } from './kept.ts'

export const targets = ['worker', 'client', 'temporal'] as const
export type Target = (typeof targets)[number]

export interface Crash {
  readonly target: Target
  readonly step: Step
}

export interface Struck {
  /** What stood in the ledger when a worker died; others go on meanwhile. */
  readonly kept?: Kept
}

const lookEveryMs = 20

/** Resolves once what was killed runs again; undefined where `signal` fired before the step came. */
export async function strike(lane: Lane, job: string, { target, step }: Crash, commands: Commands, signal: AbortSignal): Promise<Struck | undefined> {
  const { store } = lane
  if (step.kind === 'write') {
    const release = target === 'worker' ? 'break' : 'go-on'
    await store.setFault({ id: 'step', operation: writes, bucket: 'archive', skip: step.number - 1, times: 1, do: { kind: 'hold', at: step.at, release } })
  }
  const has = step.kind === 'write' ? async () => (await store.hits('step')) > 0 : async () => (await activityEvents(lane.client.client, job)).length >= step.number
  if (!(await isReached(has, signal))) return undefined
  await killers[target](lane, commands)
  const kept = target === 'worker' ? await keptSoFar(lane) : undefined
  await store.removeFault('step')
  await revivers[target](lane)
  return kept ? { kept } : {}
}

async function isReached(has: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await has()) return true
    await delay(lookEveryMs)
  }
  return false
}

const killers: Readonly<Record<Target, (lane: Lane, commands: Commands) => Promise<void>>> = {
  worker: ({ host }) => host.kill(),
  client: (_, commands) => commands.kill(),
  temporal: ({ temporal }) => temporal.kill(),
}

const revivers: Readonly<Record<Target, (lane: Lane) => Promise<void>>> = {
  worker: (lane) => lane.replaceHost(),
  /** Whoever gave the command gives it again. */
  client: async () => {},
  temporal: ({ temporal }) => temporal.restart(),
}
