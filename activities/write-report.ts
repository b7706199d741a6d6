import { Context } from '@temporalio/activity'
import { openLedger } from '../ledger/ledger.ts'
import type { ReportInput, ReportResult } from '../model/batch.ts'
import { writeReport } from '../report/write-report.ts'
import { controlBeatMs } from '../model/heartbeat.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'

export const createWriteReport = ({ storages }: Dependencies) =>
  async function writeReportActivity(input: ReportInput): Promise<ReportResult> {
    const { options } = input.context
    const { attempt } = Context.current().info
    let progress = { bytes: 0 }
    return await beating(controlBeatMs(options.tuning), () => progress, async ({ cut }) => {
      const ledger = openLedger(await storages.ledger(options), input.context)
      const destination = await storages.destination(options)
      return await writeReport({ destination, ledger, input, attempt, signal: cut, onProgress: (now) => { progress = now } })
    })
  }
