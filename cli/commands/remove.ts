import { createInterface } from 'node:readline/promises'
import { isOver } from '../../client/ended.ts'
import { TranshipError } from '../../client/errors.ts'
import { flagOf, requiredText, type Command } from '../command.ts'
import { checkJobName } from '../options.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import type { Shell } from '../shell.ts'

export const removeCommand: Command = {
  name: 'remove',
  summary: 'End a job and forget it; what was copied and its report stay',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { yes: { type: 'boolean', describe: 'Do not ask' } },
  examples: [['tranship remove photos-to-archive --yes', '']],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    return await withSession(args, shell, async ({ jobs }) => {
      const view = await jobs.status(job)
      if (!isOver(view) && !flagOf(args, 'yes')) await confirm(job, view.status, shell)
      await jobs.remove(job)
      printResult(
        shell,
        { job, removed: true },
        () => `The job "${job}" is forgotten. What it copied and its report are still at ${view.destination}.`,
      )
      return 0
    })
  },
}

async function confirm(job: string, status: string, { stderr }: Shell): Promise<void> {
  if (!process.stdin.isTTY || !stderr.isTTY)
    throw new TranshipError('InvalidParameters', `The job "${job}" is ${status}: add --yes to end it and forget it.`)
  const questions = createInterface({ input: process.stdin, output: stderr })
  const answer = await questions.question(`The job "${job}" is ${status}. End it and forget it? [y/N] `)
  questions.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new TranshipError('InvalidParameters', 'Nothing was removed.')
}
