import { describe, expect, it } from 'vitest'
import { showJob } from '../../cli/show.ts'
import { toJobView } from '../../client/view.ts'
import { noCounts, noTally, type StatusMemo } from '../../model/status.ts'

const memo: StatusMemo = {
  status: 'Migrating', phase: 'copying', reason: null, run: 1, runs: 1, epoch: 'e', source: 'photos', destination: 'archive',
  listed: { files: 10, bytes: 10, complete: true }, excluded: noTally, counts: noCounts, failures: {}, expected: null, timeZone: 'UTC',
  startedAt: 0, endedAt: null, lists: [],
}
const shown = (more: Partial<StatusMemo>): string =>
  showJob(toJobView({ job: 'photos-to-archive', workflowId: 'w', memo: { ...memo, ...more }, heartbeats: [], nowMs: 1_000 }))

describe('a job in words', () => {
  it('says how many archived files are being restored, which copies have no CRC-64, and who slows it down', () => {
    expect(shown({ restoring: 1_200 })).toContain('1,200 archived files are being restored')
    expect(shown({ counts: { ...noCounts, withoutCrc64: 3 } })).toContain('3 files were copied within the store, which states no CRC-64')
    expect(shown({ slowedBy: ['destination'] })).toContain('slowed down by the destination')
    expect(shown({})).not.toMatch(/restored|CRC-64|slowed/)
  })

  it('says who changed what last', () => {
    const changes = Array.from({ length: 6 }, (_, i) => ({ at: i * 1_000, by: 'ann@desk', what: `window ${i + 1}` }))
    expect(shown({ changes })).toContain('1970-01-01T00:00:05.000Z, ann@desk: window 6')
    expect(shown({ changes })).not.toContain('window 1\n')
  })
})
