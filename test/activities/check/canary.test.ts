import { describe, expect, it } from 'vitest'
import { canaryOf } from '../../../activities/check/canary.ts'
import { checkDestination } from '../../../activities/check/check-address.ts'
import { openMemory } from '../../../storage/drivers/memory/driver.ts'
import { keysOf, put } from '../../copy/support.ts'

const activity = { workflowExecution: { workflowId: 'migration/photos', runId: 'one' }, activityId: '1' }

describe('the canary of an address check', () => {
  it('is removed by the next attempt where the worker of one was killed', async () => {
    const destination = openMemory()
    for (const attempt of [1, 2]) await put(destination, canaryOf({ ...activity, attempt }).key, 'left over')
    const { fault } = await checkDestination(destination, {}, canaryOf({ ...activity, attempt: 3 }))
    expect(fault).toBeNull()
    expect(await keysOf(destination)).toEqual([])
  })

  it('is another in each attempt and in each check', () => {
    const others = [{ ...activity, attempt: 2 }, { ...activity, activityId: '2', attempt: 1 }, { ...activity, workflowExecution: { workflowId: 'migration/photos', runId: 'two' }, attempt: 1 }]
    expect(new Set([{ ...activity, attempt: 1 }, ...others].map((info) => canaryOf(info).key)).size).toBe(4)
  })
})
