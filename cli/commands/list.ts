import type { Command } from '../command.ts'
import { printResult } from '../output.ts'
import { withSession } from '../session.ts'
import { showList } from '../show.ts'

export const listCommand: Command = {
  name: 'list',
  summary: 'Show all jobs that Temporal holds, the newest first',
  positionals: [],
  options: {},
  examples: [['tranship list', '']],
  run: (args, shell) =>
    withSession(args, shell, async ({ jobs }) => {
      const views = await jobs.list()
      printResult(shell, { jobs: views }, () => showList(views))
      return 0
    }),
}
