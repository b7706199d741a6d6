import type { Fault } from '../../model/codes.ts'
import type { VerifyPlan, VerifyTask } from '../../model/verify.ts'
import { completedVolumes } from '../../report/completed-rows.ts'
import { readJobFile } from '../../report/read-report.ts'
import { clearTurns } from '../../report/verify-list.ts'
import type { CallOptions } from '../../storage/storage.ts'
import { beating } from '../beating.ts'
import type { Dependencies } from '../dependencies.ts'
import { blockingFault } from '../fault.ts'

export type PlannedVerify = VerifyPlan | { readonly fault: Fault }

/** How much there is to verify. Removes what an earlier verification left that was terminated. */
export const createPlanVerify = ({ storages }: Dependencies) =>
  async function planVerifyActivity(task: VerifyTask): Promise<PlannedVerify> {
    return await beating(5_000, () => undefined, async ({ cut: signal }) => {
      try {
        return await plan(storages, task, { signal })
      } catch (error) {
        const fault = blockingFault(error, 'destination')
        if (fault === undefined) throw error
        return { fault }
      }
    })
  }

async function plan(storages: Dependencies['storages'], { job, destination }: VerifyTask, call: CallOptions): Promise<PlannedVerify> {
  const storage = await storages.open(destination, 'destination')
  const file = await readJobFile(storage, job, call)
  const run = file?.runs.at(-1)?.run
  if (file === undefined || run === undefined) return { fault: { code: 'JobNotExist', message: `No report of a job "${job}" stands at ${destination}.` } }
  await clearTurns(storage, job, call)
  return { run, files: completedVolumes(file).reduce((sum, { rows }) => sum + rows, 0) }
}
