import { describe, expect, it } from 'vitest'
import { parseMessage } from '../../model/messages.ts'

describe('messages as people type them', () => {
  it.each([
    ['stop', undefined], ['stop', null], ['stop', {}], ['start', { by: 'ann@host' }], ['retry', { only: 'Forbidden' }], ['change', { window: 40, by: 'ann@host' }],
  ] as const)('%s takes %j', (name, value) => {
    expect(parseMessage(name, value)).toMatchObject({ ok: true })
  })

  it.each([
    ['stop', 'now', 'stop takes {}, not "now".'],
    ['stop', [], 'stop takes {}, not [].'],
    ['stop', { only: 'x' }, 'stop has no field "only"; it takes by.'],
    ['retry', { onyl: 'x' }, 'retry has no field "onyl"; it takes by and only.'],
    ['retry', { only: 3 }, 'retry: only must be a text.'],
    ['resetFlowControl', {}, 'resetFlowControl takes {"rows": ["06:00-12:00=5MB/s"]}; [] removes all rows.'],
    ['resetFlowControl', { rows: '06:00-12:00=5MB/s' }, 'resetFlowControl: rows must be a list of texts, as ["06:00-12:00=5MB/s"].'],
    ['resetFlowControl', { rows: [], maxFlow: '5' }, '"5" is not a rate: write 5MB/s, 512KiB/s, 100Mbit/s, or 0 to hold.'],
    ['resetFlowControl', { rows: ['06:00-06:00=0'] }, 'The row "06:00-06:00=0" ends where it begins: write 00:00-24:00 for the whole day.'],
    ['resetFlowControl', { row: [] }, 'resetFlowControl has no field "row"; it takes by, rows and maxFlow.'],
    ['change', undefined, 'change takes {"window": 40}.'],
    ['change', 40, 'change takes {"window": 40}, not 40.'],
    ['change', { by: 'ann' }, 'change takes one of window, overwrite, include, exclude, minSize, maxSize, priority, as {"window": 40}.'],
    ['change', { by: 3, window: 40 }, 'change: by must be a text.'],
    ['change', { windw: 40 }, 'change has no field "windw"; it takes by, window, overwrite, include, exclude, minSize, maxSize and priority.'],
    ['change', { window: 40, priority: 0 }, 'change: priority must be a whole number from 1 to 5.'],
    ['start', { undecodable: true }, 'start: what was sent could not be read as JSON; send {}.'],
  ] as const)('%s refuses %j with a sentence', (name, value, fault) => {
    expect(parseMessage(name, value)).toEqual({ ok: false, fault })
  })
})
