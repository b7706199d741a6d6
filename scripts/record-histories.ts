/**
 * Records what test/replay replays: small jobs, run for real against real servers, and all that Temporal wrote down of them. Old
 * recordings stay as long as jobs of their version may be open; what is recorded here replaces files of the same name.
 *
 *   npm run record-histories [-- --only large-object]
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { awaitUntil } from '../test/support/await-until.ts'
import { historiesOf } from './figures/history.ts'
import { startRig } from './figures/rig.ts'
import type { Rig } from './figures/rig.ts'
import { anonymous } from './record-histories/anonymous.ts'
import { fillSource, scenarios } from './record-histories/scenarios.ts'
import type { Scenario } from './record-histories/scenarios.ts'

const folder = join(import.meta.dirname, '..', 'test', 'replay', 'histories')
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const { values: { only } } = parseArgs({ options: { only: { type: 'string' } } })
const asked = scenarios.filter(({ name }) => only === undefined || name === only)

await mkdir(folder, { recursive: true })
await record(asked.filter(({ shortHistories }) => !shortHistories), {})
await record(asked.filter(({ shortHistories }) => shortHistories), { 'limit.historyCount.suggestContinueAsNew': 40 })

async function record(wanted: readonly Scenario[], dynamicConfig: Readonly<Record<string, unknown>>): Promise<void> {
  if (wanted.length === 0) return
  const rig = await startRig(dynamicConfig)
  try {
    await fillSource(rig)
    for (const scenario of wanted) await recordOne(rig, scenario)
  } finally {
    await rig.stop()
  }
}

async function recordOne(rig: Rig, { name, play }: Scenario): Promise<void> {
  say(`${name} …`)
  await play(rig, name)
  const histories = await awaitUntil(() => historiesOf(rig.client.client, name))
  for (const [i, history] of histories.entries()) {
    const { file, text } = anonymous(history, name, i + 1)
    await writeFile(join(folder, file), text)
    say(`  ${file}: ${history.events?.length} events, ${text.length} bytes`)
  }
}
