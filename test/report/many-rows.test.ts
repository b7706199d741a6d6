import { expect, it } from 'vitest'
import { writtenReport } from '../../scripts/figures/report.ts'

/** `npm run figures` does it with a million rows. */
it('takes little more memory for four times as many rows', { timeout: 120_000 }, async () => {
  const less = await writtenReport(40_000)
  const more = await writtenReport(160_000)
  console.log(`report: ${(more.peakBytes / less.peakBytes).toFixed(2)} times the memory for 160,000 rows that 40,000 take`)
  expect(more.rows).toEqual({ total_list: 160_000, completed_list: 144_000, error_list: 16_000 })
  expect(more.peakBytes / less.peakBytes).toBeLessThan(1.25)
})
