import type { VerifyPlan, VerifyTask } from '../../model/verify.ts'
import { putTogether } from '../../report/verify-list.ts'
import { beating } from '../beating.ts'
import type { Dependencies } from '../dependencies.ts'

export interface EndVerifyInput {
  readonly task: VerifyTask
  readonly plan: VerifyPlan
}

/** Writes the list of what differs. */
export const createEndVerify = ({ storages }: Dependencies) =>
  async function endVerifyActivity({ task: { job, destination }, plan: { run } }: EndVerifyInput): Promise<void> {
    await beating(5_000, () => undefined, async ({ cut: signal }) => {
      await putTogether(await storages.open(destination, 'destination'), job, run, { signal })
    })
  }
