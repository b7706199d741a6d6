import { openLedger } from '../ledger/ledger.ts'
import type { FinishedParts } from '../model/batch.ts'
import type { JobOptions } from '../model/job.ts'
import type { ListName } from '../model/report-row.ts'
import { sourceAddressPrefix } from '../report/row.ts'
import { runningSteps, type ReportChunk } from '../report/running-report.ts'
import { isStorageError } from '../storage/error.ts'
import { beating } from './beating.ts'
import type { Dependencies } from './dependencies.ts'

/** The next bytes of a running job's lists: of step `step`, from `offset` of its bytes put end to end. */
export interface ReadRunningInput {
  readonly options: JobOptions
  readonly parts: FinishedParts
  readonly step: number
  readonly offset: number
}
/** At most 512 KiB, base64. */
export interface ReadRunningResult {
  readonly slices: readonly { readonly list: ListName; readonly bytes: string }[]
  /** Where to go on; `null` at the end. */
  readonly next: { readonly step: number; readonly offset: number } | null
  /** The run's report stands by now: its ledger is gone. */
  readonly gone: boolean
}

const mostBytes = 512 * 1024

export const createReadRunning = ({ storages }: Dependencies) =>
  async function readRunningActivity({ options, parts, step, offset }: ReadRunningInput): Promise<ReadRunningResult> {
    return await beating(5_000, () => undefined, async ({ cut: signal }) => {
      const ledger = openLedger(await storages.ledger(options), { options, epoch: parts.epoch, run: parts.run, proven: [] })
      const sourcePrefix = sourceAddressPrefix((await storages.source(options)).info)
      try {
        const steps = await runningSteps({ ledger, sourcePrefix, options, parts, signal })
        const chunks = (await steps[step]?.()) ?? []
        const slices = sliceOf(chunks, offset)
        const size = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)
        const ended = offset + mostBytes >= size
        const next = ended ? { step: step + 1, offset: 0 } : { step, offset: offset + mostBytes }
        return { slices, next: next.step < steps.length ? next : null, gone: false }
      } catch (error) {
        if (isStorageError(error, 'not-found')) return { slices: [], next: null, gone: true }
        throw error
      }
    })
  }

function sliceOf(chunks: readonly ReportChunk[], offset: number): ReadRunningResult['slices'] {
  let at = 0
  return chunks.flatMap(({ list, bytes }) => {
    const part = bytes.subarray(Math.max(0, offset - at), Math.max(0, offset + mostBytes - at))
    at += bytes.length
    return part.length === 0 ? [] : [{ list, bytes: Buffer.from(part).toString('base64') }]
  })
}
