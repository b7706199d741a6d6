/** Every k-th step of the scripted job, for each of what can be killed; several jobs at a time, each in a lane of its own. */
import { describeStep } from './steps.ts'
import { targets, type Crash, type Target } from './crash.ts'
import { startLane, type Lane } from './lane.ts'
import { attempt, record, type Trial } from './trial.ts'

export interface TrialsOptions {
  readonly lanes: number
  /** Every so-manyth step … */
  readonly every: number
  /** … from the one that this tells. */
  readonly seed: number
  readonly only?: readonly Target[]
  readonly say: (line: string) => void
}

export interface Trials {
  readonly steps: Readonly<Record<Target, number>>
  readonly trials: readonly Trial[]
}

export async function runTrials({ lanes: count, every, seed, only = targets, say }: TrialsOptions): Promise<Trials> {
  const lanes = await Promise.all(Array.from({ length: count }, startLane))
  try {
    const [first] = lanes
    if (first === undefined) throw new RangeError('There must be a lane.')
    const { steps: stepsFor, seconds } = await record(first, 'undisturbed')
    const all = Object.fromEntries(targets.map((target) => [target, stepsFor(target)])) as Record<Target, Crash['step'][]>
    const crashes = inTurns(only.map((target) => all[target].map((step): Crash => ({ target, step })))).filter((_, i) => i % every === seed % every)
    const counts = targets.map((target) => `${all[target].length} for the ${target}`).join(', ')
    say(`Undisturbed: ${seconds.toFixed(1)} s. Steps: ${counts}. ${crashes.length} times something is killed …`)
    const trials = await inLanes(lanes, crashes, say)
    const steps = Object.fromEntries(targets.map((target) => [target, all[target].length])) as Record<Target, number>
    return { steps, trials }
  } finally {
    await Promise.all(lanes.map((lane) => lane.stop()))
  }
}

/** One of each, then the next of each: a run that is broken off has seen something of all. */
const inTurns = <T>(lists: readonly (readonly T[])[]): T[] =>
  Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat()

async function inLanes(lanes: readonly Lane[], crashes: readonly Crash[], say: TrialsOptions['say']): Promise<Trial[]> {
  const trials: Trial[] = []
  const left = crashes.entries()
  await Promise.all(lanes.map(async (lane) => {
    for (const [i, crash] of left) {
      const trial = await attempt(lane, `broken-${i + 1}`, crash)
      trials.push(trial)
      say(`${i + 1}/${crashes.length} ${sentenceOf(trial)}`)
    }
  }))
  return trials
}

export function sentenceOf({ crash, missed, faults, copiedAgain, seconds }: Trial): string {
  const what = `${crash.target} at ${describeStep(crash.step)}: ${missed ? 'the step did not come' : `${copiedAgain} bytes again`}, ${seconds.toFixed(1)} s`
  return faults.length === 0 ? what : `${what}; WRONG: ${faults.join('; ')}`
}

/** Target × steps, and what it cost. */
export function tableOf({ steps, trials }: Trials): string {
  const rows = targets.flatMap((target) => {
    const of = trials.filter(({ crash }) => crash.target === target)
    if (of.length === 0) return []
    const again = of.map(({ copiedAgain }) => copiedAgain)
    const total = again.reduce((sum, bytes) => sum + bytes, 0)
    const seconds = of.reduce((sum, trial) => sum + trial.seconds, 0) / of.length
    const struck = of.filter(({ missed }) => !missed).length
    return [[target, `${struck} of ${steps[target]}`, String(Math.max(...again)), String(total), `${seconds.toFixed(1)} s`, String(of.filter(({ faults }) => faults.length > 0).length)]]
  })
  const all = [['killed', 'at steps', 'bytes again, most', 'in all', 'mean time', 'wrong'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}
