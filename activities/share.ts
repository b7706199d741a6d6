/** The part that this host has in a job's limit: alive for as long as the host copies for the job. Its heartbeats are the host's claim. */
import { Context } from '@temporalio/activity'
import type { Claim } from '../model/flow/share.ts'

export interface ShareInput {
  readonly job: string
}

export interface ShareLife {
  /** Names this share, and no other ever. */
  readonly share: string
  readonly heartbeat: (claim: Claim) => void
  readonly signal: AbortSignal
}

export interface Sharing {
  /** Resolves once the host needs its part no more, or `signal` fired. */
  share(job: string, life: ShareLife): Promise<void>
}

export const shareName = (runId: string, activityId: string): string => `${runId}/${activityId}`

export const createShare = (sharing: Sharing) =>
  async function shareActivity({ job }: ShareInput): Promise<void> {
    const context = Context.current()
    const { activityId, workflowExecution } = context.info
    await sharing.share(job, {
      share: shareName(workflowExecution?.runId ?? '', activityId),
      heartbeat: (claim) => context.heartbeat(claim),
      signal: context.cancellationSignal,
    })
  }
