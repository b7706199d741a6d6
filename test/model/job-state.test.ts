import { describe, expect, it } from 'vitest'
import { jobDefaults } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import { accountingFault, blockedWaitMs, newJobState, phaseOf, refusal, statusOf, toMemo, tooManyFailed } from '../../model/job-state.ts'
import type { JobState } from '../../model/job-state.ts'
import { newRun } from '../../model/run-state.ts'
import { noCounts } from '../../model/status.ts'

const options: JobOptions = { ...jobDefaults, job: 'photos', source: 'a', destination: 'b', timeZone: 'UTC' }
const stateOf = (changes: Partial<JobState>): JobState => ({ ...newJobState(options, 'epoch', 0, false), checked: true, phase: 'copying', ...changes })
const failed = { ...newRun(1, 0), counts: { ...noCounts, failed: { files: 3, bytes: 30 } } }

describe('the status of a job', () => {
  it.each([
    [{ checked: false, phase: 'checking' }, 'Migrating', 'checking'],
    [{ checked: false, phase: 'closed', fault: { code: 'AddressNotExist', message: '' } }, 'Create Failed', 'checking'],
    [{}, 'Migrating', 'listing'],
    [{ wanted: 'stop' }, 'Migrating', 'stopping'],
    [{ wanted: 'stop', stopped: true }, 'Stopped', 'listing'],
    [{ blocked: { fault: { code: 'DestinationFull', message: '' }, since: 0, tries: 0 } }, 'Migrating', 'blocked'],
    [{ phase: 'reporting' }, 'Migrating', 'reporting'],
    [{ phase: 'waiting', run: failed }, 'Failed', 'waiting'],
    [{ phase: 'closed' }, 'Completed', 'reporting'],
    [{ phase: 'closed', fault: { code: 'Cancelled', message: '' } }, 'Failed', 'reporting'],
  ] as const)('%j is %s, %s', (changes, status, phase) => {
    expect([statusOf(stateOf(changes)), phaseOf(stateOf(changes))]).toEqual([status, phase])
  })

  it('fits in a memo of 1 KiB, also with long names and many codes', () => {
    const failures = { Forbidden: 123_456_789, SourceChanged: 123_456_789, ChecksumMismatch: 99_999_999, KeyUnsupported: 12_345_678 }
    const run = { ...newRun(30, 1_790_000_000_000), failures, listed: { files: 1e9, bytes: 1e15 } }
    const memo = toMemo(stateOf({ run }), { ...options, source: 's'.repeat(63), destination: 'd'.repeat(63) })
    expect(JSON.stringify(memo).length).toBeLessThan(1_100)
  })

  it('ends a run when more failed than allowed, as a number or as percent', () => {
    const state = stateOf({ run: { ...failed, counts: { ...failed.counts, completed: { files: 97, bytes: 0 } } } })
    expect(tooManyFailed(state, options)).toBeNull()
    expect(tooManyFailed(state, { ...options, maxFailed: { files: 3 } })).toBeNull()
    expect(tooManyFailed(state, { ...options, maxFailed: { files: 2 } })).toMatchObject({ code: 'TooManyFailed' })
    expect(tooManyFailed(state, { ...options, maxFailed: { percent: 3 } })).toBeNull()
    expect(tooManyFailed(state, { ...options, maxFailed: { percent: 2.9 } })).toMatchObject({ code: 'TooManyFailed' })
  })

  it('says so when the lists do not account for every listed file', () => {
    expect(accountingFault({ ...failed, listed: { files: 3, bytes: 0 }, mergedCounts: failed.counts })).toBeNull()
    expect(accountingFault({ ...failed, listed: { files: 4, bytes: 0 }, mergedCounts: failed.counts })).toMatchObject({ code: 'AccountingMismatch' })
  })

  it('looks at a blocked address after 1, 2, 4, 8, 10, 10 minutes', () => {
    expect([0, 1, 2, 3, 4, 9].map((tries) => blockedWaitMs(tries) / 60_000)).toEqual([1, 2, 4, 8, 10, 10])
  })

  it('refuses what cannot be done now with a sentence', () => {
    expect(refusal(stateOf({}), 'stop')).toBeUndefined()
    expect(refusal(stateOf({}), 'retry')).toContain('once its run has ended')
    expect(refusal(stateOf({ phase: 'waiting', run: failed }), 'retry')).toBeUndefined()
    expect(refusal(stateOf({ phase: 'waiting', run: failed, retries: 30 }), 'retry')).toContain('RetryExceedMaxCount')
    expect(refusal(stateOf({ phase: 'closed' }), 'stop')).toContain('nothing to stop')
    expect(refusal(stateOf({ phase: 'waiting', run: failed }), 'change')).toBeUndefined()
    expect(refusal(stateOf({ phase: 'closed' }), 'change')).toContain('nothing to change')
  })
})
