import { expect, it } from 'vitest'
import { secondsBetween, table, trafficOf, worstTen, type Stretch } from './measured-flow.ts'

const stretch = (limit: number | null, askedAtS: number, answeredAtS = askedAtS): Stretch => ({ name: String(limit), limit, askedAtMs: askedAtS * 1_000, answeredAtMs: answeredAtS * 1_000 })
const traffic = (...bytes: readonly number[]) => trafficOf(bytes.map((bytesOut, second) => ({ second, bytesOut, bytesIn: 0 })), 'bytesOut')
const of = (seconds: number, bytes: number): number[] => Array.from({ length: seconds }, () => bytes)

it('measures what passed against the limits in force, each until five seconds after the next', () => {
  const limits = [stretch(20, 0), stretch(5, 20, 21), stretch(0, 40), stretch(null, 50)]
  const within = [...of(26, 20), ...of(19, 5), ...of(5, 0), ...of(10, 99)]
  expect(worstTen(traffic(...within), limits, 60_000).part).toBe(1)
  expect(worstTen(traffic(...within.with(30, 25)), limits, 60_000)).toEqual({ part: 70 / 50, from: 26 })
  expect(worstTen(traffic(...within.with(47, 1)), limits, 60_000)).toEqual({ part: 26 / 25, from: 40 })
  expect(worstTen(traffic(...of(60, 0).with(47, 1)), [stretch(0, 0)], 60_000).part).toBe(Infinity)
})

it('counts a higher limit from when it was asked for, a lower one from when it was answered', () => {
  const limits = [stretch(10, 0), stretch(40, 10, 14), stretch(10, 30, 34)]
  expect(worstTen(traffic(...of(10, 10), ...of(29, 40), ...of(11, 10)), limits, 50_000).part).toBe(1)
  expect(worstTen(traffic(...of(10, 10), ...of(29, 40), ...of(11, 40)), limits, 50_000).part).toBe(4)
})

it('leaves out seconds that are not whole, and prints a line for each limit', () => {
  expect(secondsBetween(traffic(1, 2, 3, 4), 500, 3_500)).toEqual([2, 3])
  expect(table(traffic(...of(30, 1024 ** 2)), [stretch(1024 ** 2, 0), stretch(null, 20)], 30_000, 5)).toMatch(/^1048576 +20 s +1\.0 +1\.0 +1\.0 .*\nnull +10 s +none +1\.0 +1\.0/m)
})
