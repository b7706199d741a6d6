/** Follows a job on the screen until it has ended or Ctrl-C. */
import type { Jobs } from '../client/jobs.ts'
import { hasEnded, type Until } from '../client/ended.ts'
import type { JobView } from '../model/status.ts'
import type { ExitCode } from './command.ts'
import { createProgress } from './progress-bar.ts'
import type { Shell } from './shell.ts'

const terminalEveryMs = 400
const otherwiseEveryMs = 1_000

/** The last view; compare `shell.interrupted` to learn why it ended. */
export async function followOnScreen(jobs: Jobs, job: string, shell: Shell, until: Until = hasEnded): Promise<JobView> {
  const progress = createProgress(shell)
  let before: JobView | undefined
  const onView = (view: JobView): void => {
    progress.update(view)
    if (until === hasEnded && before?.status === 'Migrating' && view.status === 'Stopped')
      progress.note(`The job was stopped: "tranship start ${job}" goes on with it. Following it still.`)
    before = view
  }
  try {
    return await jobs.follow(
      job,
      { onView, signal: shell.interrupted, everyMs: shell.stderr.isTTY ? terminalEveryMs : otherwiseEveryMs },
      until,
    )
  } finally {
    progress.end()
  }
}

export function exitCodeOf({ status, failed }: JobView): ExitCode {
  if (status === 'Create Failed') return 2
  return status === 'Failed' || failed.files > 0 ? 1 : 0
}
