import { expect, it } from 'vitest'
import { openLedger } from '../../ledger/ledger.ts'
import { noCounts, noTally } from '../../model/status.ts'
import { writeReport } from '../../report/write-report.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { keysOf, put } from '../copy/support.ts'
import { contextOf, signal } from './support.ts'

it.each([{ ledgerElsewhere: false }, { ledgerElsewhere: true }])('a report that stands leaves nothing of a look that a crash broke off, ledger elsewhere: $ledgerElsewhere', async ({ ledgerElsewhere }) => {
  const destination = openMemory()
  const context = contextOf({ options: ledgerElsewhere ? { ledger: 'vault' } : {} })
  const ledger = openLedger(ledgerElsewhere ? openMemory() : destination, context)
  await put(destination, ledger.canaryKey, 'left over')
  const input = { context, fragments: [], counts: noCounts, excluded: noTally, startedAt: 0, endedAt: 1 }
  await writeReport({ destination, ledger, input, attempt: 1, signal, onProgress: () => {} })
  expect((await keysOf(destination)).filter((key) => key.includes('canary'))).toEqual([])
})
