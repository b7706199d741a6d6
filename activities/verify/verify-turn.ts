import type { VerifyTurn, VerifyTurnInput } from '../../model/verify.ts'
import { beating } from '../beating.ts'
import type { Dependencies } from '../dependencies.ts'
import { takeTurn } from './turn.ts'

/** As a batch of copying, a turn gives its slot back after this long. */
const turnMs = 60_000

export const createVerifyTurn = ({ storages, pool }: Dependencies) =>
  async function verifyTurnActivity(input: VerifyTurnInput): Promise<VerifyTurn> {
    const deadlineMs = Date.now() + turnMs
    return await beating(5_000, () => undefined, async ({ cut, abort: signal }) => {
      const destination = await storages.open(input.task.destination, 'destination')
      return await takeTurn({ destination, pool, signal }, input, () => cut.aborted || Date.now() >= deadlineMs)
    })
  }
