import type { ChangeFields } from '../../model/change.ts'
import { flagOf, given, requiredText, type Args, type Command } from '../command.ts'
import { changeableOptions } from '../job-options.ts'
import { checkJobName, invalid, parseJobFile } from '../options.ts'
import { printResult, say } from '../output.ts'
import { withSession } from '../session.ts'
import { showJob } from '../show.ts'

const noFilters: ChangeFields = { include: [], exclude: [], minSize: null, maxSize: null }

export const changeCommand: Command = {
  name: 'change',
  summary: 'Change an open job: window, overwrite rule and priority count at once, filters for what is listed from then on',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: {
    ...changeableOptions,
    'reset-filters': { type: 'boolean', describe: 'Take all globs and sizes away; those given beside it count alone' },
  },
  examples: [
    ['tranship change photos-to-archive --window 100 --priority 1', 'more at once, before other jobs'],
    ['tranship change photos-to-archive --overwrite never', 'what is in flight goes on under the new rule'],
    ['tranship change photos-to-archive --exclude "**/*.tmp" --exclude "cache/**"', 'in place of all globs of --exclude'],
  ],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const fields = fieldsOf(args)
    return await withSession(args, shell, async ({ jobs }) => {
      const { view, message } = await jobs.change(job, fields)
      say(shell, message)
      printResult(shell, view, () => showJob(view))
      return 0
    })
  },
}

function fieldsOf(args: Args): ChangeFields {
  const fields: ChangeFields = { ...(flagOf(args, 'resetFilters') && noFilters), ...parseJobFile(given(args, changeableOptions)) }
  if (Object.keys(fields).length > 0) return fields
  throw invalid(`Nothing to change is named: give ${[...Object.keys(changeableOptions), 'reset-filters'].map((name) => `--${name}`).join(', ')}.`)
}
