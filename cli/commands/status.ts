import { requiredText, flagOf, type Command } from '../command.ts'
import { hasEnded } from '../../client/ended.ts'
import { followOnScreen } from '../following.ts'
import { checkJobName } from '../options.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import { showJob } from '../show.ts'
import type { JobView } from '../../model/status.ts'

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show a job: works without a worker, and after the job has ended',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { watch: { type: 'boolean', describe: 'Keep showing it until it has ended' } },
  examples: [
    ['tranship status photos-to-archive --watch', 'progress until the end'],
    ['tranship status photos-to-archive --json', 'for scripts'],
  ],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    return await withSession(args, shell, async ({ jobs }) => {
      const print = (view: JobView): void => printResult(shell, view, () => showJob(view))
      const view = await jobs.status(job)
      if (!flagOf(args, 'watch')) {
        print(view)
        return 0
      }
      shell.takeInterrupts()
      if (shell.json) await jobs.follow(job, { onView: print, signal: shell.interrupted, everyMs: 1_000 }, hasEnded)
      else print(await followOnScreen(jobs, job, shell))
      return shell.interrupted.aborted ? 130 : 0
    })
  },
}
