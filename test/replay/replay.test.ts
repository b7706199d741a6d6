import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { payloadsOf } from '../../scripts/figures/history.ts'
import { workflowBundle, workflowBundleCode } from '../support/temporal.ts'
import { recordedHistories, replay } from './replay.ts'
import type { History, RecordedHistory } from './replay.ts'

const program = join(import.meta.dirname, 'replay-all.ts')
const kinds = ['blocked', 'cancelled', 'completed', 'continued-as-new', 'create-failed', 'failed-and-retried', 'large-object', 'stopped-and-started', 'worker-killed-and-stopped']

let recorded: readonly RecordedHistory[]
beforeAll(async () => { recorded = await recordedHistories() })

function historyNamed(file: string): History {
  const found = recorded.find((one) => one.file === file)
  if (!found) throw new Error(`There is no history ${file}`)
  return found.history
}

describe('a job that was begun by an earlier version', () => {
  it.each([['UTC', 0], ['Asia/Kolkata', -330]])('goes on with this one, where the time zone is %s', { timeout: 120_000 }, async (TZ, offsetMinutes) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, workflowBundle().codePath], { env: { ...process.env, TZ } })
    expect(JSON.parse(stdout)).toEqual({ offsetMinutes, replayed: recorded.length, faults: {} })
  })

  it('has every kind of life among the recorded ones, some over several runs of the workflow', () => {
    expect([...new Set(recorded.map(({ file }) => file.split('.')[0]))].sort()).toEqual(expect.arrayContaining(kinds))
    expect(recorded.filter(({ file }) => file.endsWith('.2.json')).length).toBeGreaterThanOrEqual(3)
    const activities = new Set(recorded.flatMap(({ history }) => (history.events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)))
    for (const name of ['checkJob', 'listBatches', 'copyBatch', 'mergeBatches', 'writeReport']) expect(activities).toContain(name)
    const timeouts = recorded.flatMap(({ history }) => (history.events ?? []).filter((event) => event.activityTaskTimedOutEventAttributes))
    expect(timeouts.length).toBeGreaterThan(0)
  })

  it('tells nothing of the machine it was recorded on', () => {
    for (const { file, text, history } of recorded) {
      const said = text + [...payloadsOf(history)].map((data) => Buffer.from(data).toString()).join('\n')
      expect(said.includes(hostname()), file).toBe(false)
      expect(/.{0,40}(\/(home|root|tmp|work|Users)\/|127\.0\.0\.1|localhost|process-key-secret).{0,40}/.exec(said)?.[0], file).toBeUndefined()
    }
  })
})

describe('the replay', () => {
  it('fails when the code schedules another activity', { timeout: 60_000 }, async () => {
    const { code, sourceMap } = await workflowBundleCode()
    const mutated = code.replaceAll('.mergeBatches(', '.writeReport(')
    expect(mutated).not.toBe(code)
    expect(String(await replay({ code: mutated, sourceMap }, historyNamed('completed.1.json')))).toMatch(/[Nn]ondeterminism|DeterminismViolation/)
  })

  it('fails when the code begins something new', { timeout: 60_000 }, async () => {
    const { code, sourceMap } = await workflowBundleCode()
    const mutated = code.replace(/async function check\(job, input\) \{/, '$&\n    await (0, _temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.condition)(() => false, 1000);')
    expect(mutated).not.toBe(code)
    expect(String(await replay({ code: mutated, sourceMap }, historyNamed('completed.1.json')))).toMatch(/[Nn]ondeterminism|DeterminismViolation/)
  })

  it('fails when a history is not what the code would have made', { timeout: 60_000 }, async () => {
    const history = historyNamed('completed.1.json')
    const scheduled = history.events?.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'copyBatch')
    if (scheduled?.activityTaskScheduledEventAttributes?.activityType) scheduled.activityTaskScheduledEventAttributes.activityType.name = 'copyFile'
    expect(scheduled).toBeDefined()
    expect(String(await replay(workflowBundle(), history))).toMatch(/[Nn]ondeterminism|DeterminismViolation/)
  })
})
