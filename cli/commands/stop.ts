import { flagOf, requiredText, type Command } from '../command.ts'
import { isOver } from '../../client/ended.ts'
import { followOnScreen } from '../following.ts'
import { checkJobName } from '../options.ts'
import { printResult, say } from '../output.ts'
import { withSession } from '../session.ts'
import { showJob } from '../show.ts'

export const stopCommand: Command = {
  name: 'stop',
  summary: 'Stop a job: what is in flight ends at its next piece, what was done stays',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { wait: { type: 'boolean', describe: 'Until no worker copies any more' } },
  examples: [['tranship stop photos-to-archive --wait', '']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    return await withSession(args, shell, async ({ jobs }) => {
      const { view, message } = await jobs.stop(job)
      say(shell, message)
      if (flagOf(args, 'wait')) shell.takeInterrupts()
      const last = flagOf(args, 'wait')
        ? await followOnScreen(jobs, job, shell, (now) => now.status === 'Stopped' || isOver(now))
        : view
      printResult(shell, last, () => showJob(last))
      return shell.interrupted.aborted ? 130 : 0
    })
  },
}
