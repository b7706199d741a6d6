import { describe, expect, it } from 'vitest'
import { PassThrough } from 'node:stream'
import { createProgress, lineEveryMs } from '../../cli/progress-bar.ts'
import { createRowCounter } from '../../cli/csv-rows.ts'
import { toJobView } from '../../client/view.ts'
import { noCounts, noTally, type JobView, type StatusMemo } from '../../model/status.ts'

const viewAt = (seconds: number, done: number, change: Partial<StatusMemo> = {}): JobView => {
  const memo: StatusMemo = {
    status: 'Migrating',
    phase: 'copying',
    reason: null,
    run: 1,
    runs: 1,
    epoch: 'e',
    source: 'a',
    destination: 'b',
    listed: { files: 20_000, bytes: 20_000_000, complete: true },
    excluded: noTally,
    counts: { ...noCounts, completed: { files: done, bytes: done * 1000 } },
    failures: {},
    expected: null,
    timeZone: 'UTC',
    startedAt: 0,
    endedAt: null,
    lists: [],
    ...change,
  }
  return toJobView({ job: 'photos', workflowId: 'migration/photos', memo, heartbeats: [], nowMs: seconds * 1000 })
}

/** What is written as the job goes on, a chunk each. */
function play(views: readonly (readonly [seconds: number, JobView])[], terminal?: { columns: number }): string[] {
  const stderr = Object.assign(new PassThrough(), terminal ? { isTTY: true, columns: terminal.columns } : {})
  const written: string[] = []
  stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  let now = 0
  const progress = createProgress({ stderr }, () => now)
  for (const [seconds, view] of views) {
    now = seconds * 1000
    progress.update(view)
  }
  progress.end()
  return written
}

describe('progress on a terminal', () => {
  it('is one line with a bar, files, bytes, speed, time left and failures', () => {
    const failed = {
      counts: { ...noCounts, completed: { files: 9_997, bytes: 9_997_000 }, failed: { files: 3, bytes: 3_000 } },
    }
    const written = play(
      [
        [0, viewAt(0, 0)],
        [10, viewAt(10, 10_000, failed)],
      ],
      { columns: 140 },
    )
    expect(written.at(-2)).toBe(
      '\r\u001b[Kphotos ████████████░░░░░░░░░░░░  50% copying  10,000/20,000 files  10.0 MB/20.0 MB  1.00 MB/s  10 s left  3 failed',
    )
  })

  it('never gets wider than the terminal', () => {
    for (const columns of [20, 40, 60, 80, 120]) {
      for (const line of play(
        [
          [0, viewAt(0, 0)],
          [10, viewAt(10, 10_000)],
        ],
        { columns },
      ))
        expect(line.replace('\r\u001b[K', '').length).toBeLessThan(columns)
    }
  })

  it('claims no fraction while the listing goes on', () => {
    const listing = viewAt(1, 100, { listed: { files: 5_000, bytes: 5_000_000, complete: false } })
    expect(play([[1, listing]], { columns: 140 })[0]).toContain('100/5,000+ files')
  })
})

describe('progress elsewhere', () => {
  it('is a line at the beginning, every 30 s, and when the status changes', () => {
    const seconds = [0, 1, 10, 29, 30, 31, 59, 61]
    const views = seconds.map((second) => [second, viewAt(second, second * 100)] as const)
    const written = play([...views, [62, viewAt(62, 6_200, { status: 'Stopped' })]])
    expect(lineEveryMs).toBe(30_000)
    expect(written).toHaveLength(4)
    expect(written.every((line) => line.startsWith('photos: ') && line.endsWith('\n'))).toBe(true)
    expect(written.at(-1)).toContain('Stopped')
  })

  it('says why a job is blocked', () => {
    const blocked = viewAt(1, 5, { phase: 'blocked', reason: { code: 'DestAddrSecretKeyInvalid', message: 'no' } })
    expect(play([[1, blocked]])[0]).toContain('blocked: DestAddrSecretKeyInvalid')
  })
})

describe('rows of a list', () => {
  const rowsOf = (...chunks: string[]): number => {
    const counter = createRowCounter()
    for (const chunk of chunks) counter.add(Buffer.from(chunk))
    return counter.rows()
  }
  it('are counted without the header, wherever chunks are cut', () => {
    expect(rowsOf('a,b\r\n')).toBe(0)
    expect(rowsOf('a,b\r\n1,2\r\n', '3,', '4\r\n')).toBe(2)
    expect(rowsOf('a,b\r\n1,2')).toBe(1)
  })
  it('may hold line ends and quotes in quotes', () => {
    expect(rowsOf('a,b\r\n"x\r\ny","say ""hi"""\r\n', '"', '\n', '",1\r\n')).toBe(2)
  })
})
