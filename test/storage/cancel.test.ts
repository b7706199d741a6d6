import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { whenAborted } from '../../storage/cancel.ts'

describe('whenAborted', () => {
  it('tells all who asked and have not gone, once', () => {
    const stop = new AbortController()
    const told: string[] = []
    const forgets = ['a', 'b', 'c'].map((name) => whenAborted(stop.signal, () => void told.push(name)))
    forgets[1]?.()
    stop.abort()
    stop.abort()
    expect(told).toEqual(['a', 'c'])
  })

  it('tells at once where the signal has fired', () => {
    let told = 0
    whenAborted(AbortSignal.abort(), () => void told++)()
    expect(told).toBe(1)
  })

  it('adds one listener for all, and none once all have gone', () => {
    const { signal } = new AbortController()
    const listeners = (): number => getEventListeners(signal, 'abort').length
    const forgets = Array.from({ length: 100 }, () => whenAborted(signal, () => {}))
    expect(listeners()).toBe(1)
    for (const forget of forgets) forget()
    expect(listeners()).toBe(0)
  })

  it('lets those who are told go, or have others go', () => {
    const stop = new AbortController()
    const told: string[] = []
    const forgetA = whenAborted(stop.signal, () => {
      told.push('a')
      forgetA()
      forgetB()
    })
    const forgetB = whenAborted(stop.signal, () => void told.push('b'))
    stop.abort()
    expect(told).toEqual(['a'])
  })
})
