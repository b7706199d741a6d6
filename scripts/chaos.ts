/**
 * Breaks a small job off at each of its steps, kill -9 each time: of the worker, of the client, of Temporal's server. Ends with exit
 * code 1 where anything is not as it should be afterwards. Takes most of an hour.
 *
 *   SEED=4 npm run chaos [-- --lanes 3] [-- --every 10] [-- --target worker]
 */
import { parseArgs } from 'node:util'
import { printedSeed } from '../test/support/seed.ts'
import { targets } from '../test/chaos/crash.ts'
import { runTrials, sentenceOf, tableOf } from '../test/chaos/trials.ts'

const { values } = parseArgs({ options: { lanes: { type: 'string', default: '3' }, every: { type: 'string', default: '1' }, target: { type: 'string' } } })
const only = targets.filter((target) => values.target === undefined || values.target === target)
if (only.length === 0) throw new Error(`There is no target "${values.target}": name one of ${targets.join(', ')}.`)

const startedAt = Date.now()
const seed = printedSeed('chaos')
const say = (line: string): void => void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${line}\n`)
const done = await runTrials({ lanes: Number(values.lanes), every: Number(values.every), seed, only, say })
const wrong = done.trials.filter(({ faults }) => faults.length > 0)
process.stdout.write(`${tableOf(done)}\n${wrong.map((trial) => `${sentenceOf(trial)}\n`).join('')}`)
process.stdout.write(`${done.trials.length} times something was killed in ${Math.round((Date.now() - startedAt) / 1_000)} s\n`)
process.exitCode = wrong.length === 0 ? 0 : 1
