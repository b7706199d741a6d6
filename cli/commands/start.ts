import { flagOf, requiredText, type Command } from '../command.ts'
import { followOnScreen } from '../following.ts'
import { checkJobName } from '../options.ts'
import { printResult, say } from '../output.ts'
import { withSession } from '../session.ts'
import { showJob } from '../show.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Go on with a stopped job where it stopped; a blocked one looks at its address at once',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { wait: { type: 'boolean', describe: 'Until it is really running' } },
  examples: [['tranship start photos-to-archive', '']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    return await withSession(args, shell, async ({ jobs }) => {
      const { view, message } = await jobs.start(job)
      say(shell, message)
      if (flagOf(args, 'wait')) shell.takeInterrupts()
      const last = flagOf(args, 'wait')
        ? await followOnScreen(jobs, job, shell, ({ status, phase }) => status !== 'Stopped' && phase !== 'stopping')
        : view
      printResult(shell, last, () => showJob(last))
      return shell.interrupted.aborted ? 130 : 0
    })
  },
}
