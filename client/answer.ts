/** Sends a message to a job: as an Update, which answers; where none comes within seconds, as the Signal of the same meaning. */
import {
  ApplicationFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client'
import type { JobCode } from '../model/codes.ts'
import { workflowIdOf } from '../model/job.ts'
import type { Message, MessageAnswer, MessageName } from '../model/messages.ts'
import { TranshipError } from './errors.ts'

const answerWithinMs = 5_000

/** `null`: it went as a Signal, nobody has answered yet. */
export type Answer = MessageAnswer | null

/** Fails `InvalidParameters` or `InvalidJobStatusForCurrentOperation` when the job refuses, `JobNotExist` when it is closed. */
export async function sendMessage(client: Client, job: string, name: MessageName, message: Message): Promise<Answer> {
  const handle = client.workflow.getHandle(workflowIdOf(job))
  try {
    return await client.withDeadline(Date.now() + answerWithinMs, () =>
      handle.executeUpdate<MessageAnswer, [Message]>(name, { args: [message] }),
    )
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refused(error)
    if (error instanceof WorkflowNotFoundError) throw new TranshipError('JobNotExist', `The job "${job}" is not running.`)
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error
  }
  await handle.signal<[Message]>(name, message)
  return null
}

/** A validator's sentence may begin with the code that it means; else the failure's type tells. */
function refused({ cause, message }: WorkflowUpdateFailedError): TranshipError {
  const sentence = cause?.message ?? message
  const match = /^(RetryExceedMaxCount): (.*)$/.exec(sentence)
  if (match) return new TranshipError('RetryExceedMaxCount', match[2] ?? sentence)
  const isWrong = cause instanceof ApplicationFailure && cause.type === ('InvalidParameters' satisfies JobCode)
  return new TranshipError(isWrong ? 'InvalidParameters' : 'InvalidJobStatusForCurrentOperation', sentence)
}
