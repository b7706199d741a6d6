import { TranshipError } from '../../client/errors.ts'
import { fileErrorCodes } from '../../model/codes.ts'
import { didYouMean } from '../../model/suggest.ts'
import { flagOf, requiredText, textOf, type Command } from '../command.ts'
import { exitCodeOf, followOnScreen } from '../following.ts'
import { checkJobName } from '../options.ts'
import { toRefText } from '../paths.ts'
import { printResult, say } from '../output.ts'
import { withSession } from '../session.ts'
import { showJob } from '../show.ts'

export const retryCommand: Command = {
  name: 'retry',
  summary: 'Try the failed files of a job again: a run of its own, over nothing else',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: {
    only: { type: 'string', describe: 'Only files that failed with this code' },
    to: { type: 'string', describe: 'Where its report stands, for a job that Temporal has forgotten' },
    wait: { type: 'boolean', describe: 'Until that run is done' },
  },
  examples: [['tranship retry photos-to-archive --only SourceThrottled --wait', ''], ['tranship retry photos-to-archive --to archive', 'months later']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const only = checkCode(textOf(args, 'only'), '--only')
    const to = textOf(args, 'to')
    return await withSession(args, shell, async ({ jobs }) => {
      const { view, message } = await jobs.retry(job, { ...(only !== undefined && { only }), ...(to !== undefined && { to: toRefText(to, shell.folder, 'destination') }) })
      say(shell, message)
      if (view === null) {
        printResult(shell, { job, message }, () => `${job} is as it was.`)
        return 0
      }
      if (flagOf(args, 'wait')) shell.takeInterrupts()
      const last = flagOf(args, 'wait') ? await followOnScreen(jobs, job, shell) : view
      printResult(shell, last, () => showJob(last))
      if (shell.interrupted.aborted) return 130
      return flagOf(args, 'wait') ? exitCodeOf(last) : 0
    })
  },
}

export function checkCode(code: string | undefined, option: string): string | undefined {
  if (code === undefined || (fileErrorCodes as readonly string[]).includes(code)) return code
  throw new TranshipError(
    'InvalidParameters',
    `${option}: "${code}" is no code of a failed file.${didYouMean(code, fileErrorCodes)}`,
  )
}
