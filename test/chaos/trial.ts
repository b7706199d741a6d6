/** One run of the scripted job, broken off once or not at all, and what came of it. */
import type { JobView } from '../../model/status.ts'
import { workflowIdOf } from '../../model/job.ts'
import { cliCommands, libraryCommands, type Commands } from './commands.ts'
import { strike, type Crash, type Struck } from './crash.ts'
import { faultsOf } from './judge.ts'
import { isSent, sentBytes } from './kept.ts'
import type { Lane } from './lane.ts'
import { play, prepare } from './script.ts'
import { objectBytes, removeObjects } from './scripted-job.ts'
import { activityEvents, stepsOf, type Step } from './steps.ts'

export interface Trial {
  readonly crash: Crash
  /** The run took another way, on which the step did not come. */
  readonly missed: boolean
  readonly faults: readonly string[]
  /** Bytes of objects that were sent more than once. */
  readonly copiedAgain: number
  /** The most that it may be. */
  readonly atRisk: number
  readonly seconds: number
}

/** The steps of a run that nothing disturbs. Throws where even that goes wrong. */
export async function record(lane: Lane, job: string): Promise<{ readonly steps: (target: Crash['target']) => Step[]; readonly seconds: number }> {
  const startedAt = Date.now()
  const commands = libraryCommands(lane, job)
  const { faults } = await tried(lane, job, commands)
  if (faults.length > 0) throw new Error(`Undisturbed: ${faults.join('; ')}`)
  const [log, events] = await Promise.all([lane.store.log(), activityEvents(lane.client.client, job)])
  await tidy(lane, job)
  // What a write leaves behind when its answer is lost concerns only who waits for that answer.
  const steps = (target: Crash['target']): Step[] => stepsOf(log, events, target === 'client' ? ['start'] : ['start', 'answer'])
  return { steps, seconds: (Date.now() - startedAt) / 1_000 }
}

export async function attempt(lane: Lane, job: string, crash: Crash): Promise<Trial> {
  const startedAt = Date.now()
  const commands = crash.target === 'client' ? await cliCommands(lane, job) : libraryCommands(lane, job)
  const { faults, copiedAgain, struck } = await tried(lane, job, commands, crash)
  const atRisk = struck?.kept?.atRisk ?? 0
  await tidy(lane, job)
  const tooMuch = copiedAgain > mostAgain(crash, atRisk) ? [`${copiedAgain} bytes were copied again where ${atRisk} were not kept`] : []
  return { crash, missed: struck === undefined, faults: [...faults, ...tooMuch], copiedAgain, atRisk, seconds: (Date.now() - startedAt) / 1_000 }
}

/** Attempts that go on while Temporal is away may be cut and begun again: each once. */
const mostAgain = ({ target }: Crash, atRisk: number): number => (target === 'client' ? 0 : target === 'worker' ? atRisk : objectBytes)

interface Tried {
  readonly faults: readonly string[]
  readonly copiedAgain: number
  readonly struck?: Struck | undefined
}

async function tried(lane: Lane, job: string, commands: Commands, crash?: Crash): Promise<Tried> {
  const over = new AbortController()
  await prepare(lane)
  const striking = crash && strike(lane, job, crash, commands, over.signal)
  striking?.catch(() => undefined)
  try {
    const view = await play(lane, job, commands)
    over.abort()
    const struck = await striking
    return { ...(await concluded(lane, job, view, commands)), struck }
  } catch (error) {
    over.abort()
    return { faults: [messagesOf(error)], copiedAgain: 0, struck: await striking?.catch(() => undefined) }
  }
}

const messagesOf = (error: unknown): string =>
  error instanceof Error ? [error.message, ...(error.cause === undefined ? [] : [messagesOf(error.cause)])].join(': ') : String(error)

async function concluded(lane: Lane, job: string, view: JobView, commands: Commands): Promise<Omit<Tried, 'struck'>> {
  const told = await commands.end()
  const faults = await faultsOf(lane, job, view)
  const copiedAgain = sentBytes((await lane.store.log()).filter(isSent)) - objectBytes
  return { faults: [...told, ...faults], copiedAgain }
}

/** For the next job: an empty destination, and nothing that still runs. */
async function tidy(lane: Lane, job: string): Promise<void> {
  for (const id of ['step', 'denied', 'held-part', 'held-object']) await lane.store.removeFault(id)
  await lane.client.client.workflow.getHandle(workflowIdOf(job)).terminate().catch(() => undefined)
  await removeObjects(lane.store.address('archive'))
}
