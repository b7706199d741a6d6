import { join } from 'node:path'
import { isOver } from '../../client/ended.ts'
import { TranshipError } from '../../client/errors.ts'
import { defaultJobName, type JobOptions } from '../../model/job.ts'
import type { JobView } from '../../model/status.ts'
import { given, requiredText, textOf, type Args, type Command, type ExitCode } from '../command.ts'
import { withServer, type ServedSession } from '../embedded-session.ts'
import { followOnScreen } from '../following.ts'
import { jobOptions } from '../job-options.ts'
import { warnOfLocalPaths } from '../local-paths.ts'
import { printJob } from '../made.ts'
import { parseJobFile, toJobOptions, type JobFile } from '../options.ts'
import { say } from '../output.ts'
import type { Shell } from '../shell.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Make, start and follow a job to its end; needs no server: one is started here if there is none',
  positionals: [
    { name: 'src', describe: 'Source: a name of tranship.yaml, name:sub/prefix/, or a path that begins with / or .' },
    { name: 'dst', describe: 'Destination, likewise' },
  ],
  options: { job: { type: 'string', describe: 'Name of the job; default <src>-to-<dst>' }, ...jobOptions },
  examples: [
    ['tranship migrate photos archive', 'an open job of that name is followed, a closed one gets its next run'],
    ['tranship migrate ./data archive:2024/ --include "**/*.jpg"', 'a folder of this machine'],
    ['tranship migrate photos archive --restore --tags --acl', 'archived objects too, with tags and access rights'],
    ['tranship migrate photos copies --server-copy', 'the store copies itself: one endpoint, one key'],
    ['tranship migrate photos archive --dry-run --out plan', 'what would be copied, without copying'],
  ],
  run: async (args, shell) => {
    const { file, options } = await optionsOf(args, shell)
    if (file.dryRun) {
      const { dryRun } = await import('../dry-run.ts')
      return await dryRun(options, { config: textOf(args, 'config'), out: file.out }, shell)
    }
    return await withServer(args, shell, options, (session) => migrate(options, session, shell))
  },
}

async function optionsOf(args: Args, shell: Shell): Promise<{ readonly file: JobFile; readonly options: JobOptions }> {
  const path = textOf(args, 'file')
  const { file: _file, ...flags } = given(args, jobOptions)
  const file = parseJobFile(flags, path === undefined ? {} : (await import('../read-job-file.ts')).readJobFile(path))
  const source = requiredText(args, 'src')
  const destination = requiredText(args, 'dst')
  const job = textOf(args, 'job') ?? file.job ?? defaultJobName(source, destination)
  return { file, options: toJobOptions({ job, source, destination }, file, shell.folder) }
}

async function migrate(options: JobOptions, session: ServedSession, shell: Shell): Promise<ExitCode> {
  shell.takeInterrupts()
  warnOfLocalPaths(options, session, shell)
  const last = await runThrough(options, session, shell)
  if (last === undefined) return 130
  return shell.interrupted.aborted && !isOver(last) ? await leave(options, session, shell) : printJob(shell, last)
}

/** The job as it was last seen; undefined when Ctrl-C came before there was one. */
async function runThrough(options: JobOptions, session: ServedSession, shell: Shell): Promise<JobView | undefined> {
  const { job } = options
  const { jobs } = session
  try {
    const begun =
      (await resume(options, session, shell)) ?? (await jobs.create(options, { again: true, signal: shell.interrupted }))
    return isOver(begun) ? begun : await followOnScreen(jobs, job, shell)
  } catch (error) {
    if (!shell.interrupted.aborted) throw error
    return await jobs.find(job)
  }
}

/** The open job of that name, going on; undefined when there is none, or it waits with its run over. */
async function resume(options: JobOptions, { jobs }: ServedSession, shell: Shell): Promise<JobView | undefined> {
  const { job, source, destination } = options
  const view = await jobs.find(job)
  if (!view || isOver(view)) return undefined
  if (view.source !== source || view.destination !== destination) {
    throw new TranshipError(
      'JobAlreadyExist',
      `An open job "${job}" copies ${view.source} to ${view.destination}.`,
      'Give this one another name with --job.',
    )
  }
  say(shell, `The job "${job}" is ${view.status} already: going on with it as it was made.`)
  return view.status === 'Stopped' || view.phase === 'stopping' ? (await jobs.start(job)).view : view
}

/** Ctrl-C: on a server the job goes on; here it is stopped at a piece boundary, and the same command goes on with it. */
async function leave({ job }: JobOptions, { jobs, embedded }: ServedSession, shell: Shell): Promise<ExitCode> {
  if (!embedded) {
    say(shell, `The job goes on: "tranship status ${job} --watch" follows it, "tranship stop ${job}" stops it.`)
    return 130
  }
  say(shell, 'Stopping safely (Ctrl-C again ends at once) …')
  await jobs.stop(job)
  await jobs.follow(job, { everyMs: 200 }, (view) => view.status === 'Stopped' || isOver(view))
  say(shell, `Stopped. The same command goes on where it stopped; its state is in ${join(shell.folder, '.tranship')}.`)
  return 130
}
