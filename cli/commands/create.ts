import { flagOf, given, requiredText, textOf, type Args, type Command } from '../command.ts'
import { followOnScreen } from '../following.ts'
import { jobOptions } from '../job-options.ts'
import { printJob } from '../made.ts'
import { checkJobName, invalid, parseJobFile, toJobOptions } from '../options.ts'
import { withSession } from '../session.ts'
import { warnOfLocalPaths } from '../local-paths.ts'
import { say } from '../output.ts'
import { readJobFile } from '../read-job-file.ts'
import type { JobOptions } from '../../model/job.ts'
import type { Shell } from '../shell.ts'

export const createCommand: Command = {
  name: 'create',
  summary: 'Make a job and start it, on the Temporal in use',
  positionals: [{ name: 'name', describe: 'Name of the job: 3-63 lower-case letters, digits, hyphens' }],
  options: {
    from: { type: 'string', describe: 'Source address' },
    to: { type: 'string', describe: 'Destination address' },
    'no-start': { type: 'boolean', describe: 'Check the addresses, then wait for "start"' },
    wait: { type: 'boolean', describe: 'Until its run is done' },
    again: { type: 'boolean', describe: 'The name was used before: make its next run' },
    ...jobOptions,
  },
  examples: [
    ['tranship create nightly --from photos --to archive:2024/', ''],
    ['tranship create big --from ./data --to archive --no-start --window 100', 'checked, then Stopped'],
    ['tranship create cold --from glacier --to archive --restore --restore-days 3 --restore-wait 30m', 'waits for restored copies'],
    ['tranship create nightly --file job.yaml --again', 'options from a file'],
  ],
  run: async (args, shell) => {
    const options = optionsOf(args, shell)
    return await withSession(args, shell, async (session) => {
      const { jobs } = session
      warnOfLocalPaths(options, session, shell)
      const made = await jobs.create(options, { start: !flagOf(args, 'noStart'), again: flagOf(args, 'again') })
      if (!flagOf(args, 'wait') || made.status !== 'Migrating')
        return exitOf(printJob(shell, made), made.status === 'Create Failed')
      shell.takeInterrupts()
      const last = await followOnScreen(jobs, options.job, shell)
      if (!shell.interrupted.aborted) return printJob(shell, last)
      say(shell, `The job goes on: "tranship status ${options.job} --watch" follows it.`)
      return 130
    })
  },
}

/** Without --wait only whether it could be made counts. */
const exitOf = (code: ReturnType<typeof printJob>, isRefused: boolean): ReturnType<typeof printJob> => (isRefused ? code : 0)

function optionsOf(args: Args, shell: Shell): JobOptions {
  const name = checkJobName(requiredText(args, 'name'))
  const path = textOf(args, 'file')
  const { file: _file, ...flags } = given(args, jobOptions)
  const file = parseJobFile(flags, path === undefined ? {} : readJobFile(path))
  if (file.dryRun) throw invalid('--dry-run lists and decides here, without a job: use "tranship migrate SRC DST --dry-run".')
  const source = textOf(args, 'from') ?? file.from
  const destination = textOf(args, 'to') ?? file.to
  if (source === undefined) throw invalid('--from is missing: name the source address.')
  if (destination === undefined) throw invalid('--to is missing: name the destination address.')
  return toJobOptions({ job: name, source, destination }, file, shell.folder)
}
