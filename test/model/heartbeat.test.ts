import { expect, it } from 'vitest'
import { checkTimeoutMs, controlBeatMs, controlTimeoutMs, heartbeatEveryMs, heartbeatTimeoutMs } from '../../model/heartbeat.ts'

it('beats three times before a worker is taken for lost, also where a job tunes that', () => {
  for (const tuning of [undefined, { heartbeatTimeoutMs: 2_000 }]) {
    for (const window of [1, 200]) expect(heartbeatTimeoutMs(window, tuning)).toBeCloseTo(3 * heartbeatEveryMs(window, tuning))
    expect(controlTimeoutMs(tuning)).toBeCloseTo(3 * controlBeatMs(tuning))
  }
  expect([heartbeatTimeoutMs(200), checkTimeoutMs, controlTimeoutMs()]).toEqual([15_000, 15_000, 15_000])
  expect([heartbeatTimeoutMs(200, { heartbeatTimeoutMs: 2_000 }), controlTimeoutMs({ heartbeatTimeoutMs: 2_000 })]).toEqual([2_000, 2_000])
})
