import type { Told } from '../../client/jobs.ts'
import { formatRate } from '../../model/rate.ts'
import { formatRow } from '../../model/flow/timetable.ts'
import type { JobView } from '../../model/status.ts'
import { flagOf, given, requiredText, type Args, type Command } from '../command.ts'
import { checkJobName, invalid, parseJobFile } from '../options.ts'
import { printResult, say } from '../output.ts'
import { withSession, type Session } from '../session.ts'
import { showFlow } from '../show.ts'

const limits = {
  flow: { type: 'array', string: true, describe: 'A row, as 06:00-12:00=5MB/s (repeatable): these replace all rows' },
  'max-flow': { type: 'string', describe: 'The most outside the rows, as 20MB/s; 0 holds the job' },
} as const

export const flowCommand: Command = {
  name: 'flow',
  summary: 'Show or change the bandwidth timetable of a job: it counts on all workers within 5 s, or once a stopped job goes on',
  positionals: [{ name: 'name', describe: 'The job' }],
  options: { ...limits, reset: { type: 'boolean', describe: 'Remove all rows and the most outside them' } },
  examples: [
    ['tranship flow photos-to-archive', 'what is in force'],
    ['tranship flow photos-to-archive --flow 06:00-22:00=5MB/s --max-flow 50MB/s', 'slow by day'],
    ['tranship flow photos-to-archive --reset', 'as fast as it goes'],
  ],
  run: async (args, shell) => {
    const job = checkJobName(requiredText(args, 'name'))
    const asked = limitsOf(args)
    return await withSession(args, shell, async ({ jobs }) => {
      const told = await change(jobs, job, asked)
      if (told.message !== undefined) say(shell, told.message)
      printResult(shell, told.view.flow, () => `${job}: ${showFlow(told.view.flow)}`)
      return 0
    })
  },
}

/** Undefined: left as it is. */
interface Asked {
  readonly rows: readonly string[] | undefined
  readonly maxFlow: string | undefined
  readonly reset: boolean
}

function limitsOf(args: Args): Asked {
  const { flow: rows, maxFlow } = parseJobFile(given(args, limits))
  const reset = flagOf(args, 'reset')
  if (reset && (rows ?? maxFlow) !== undefined) throw invalid('--reset removes all limits: leave --flow and --max-flow out.')
  return { rows, maxFlow, reset }
}

async function change(jobs: Session['jobs'], job: string, { rows, maxFlow, reset }: Asked): Promise<Partial<Told> & { readonly view: JobView }> {
  if (reset) return await jobs.resetFlow(job, { rows: [] })
  const view = await jobs.status(job)
  if ((rows ?? maxFlow) === undefined) return { view }
  const max = maxFlow ?? maxFlowOf(view)
  return await jobs.resetFlow(job, { rows: rows ?? view.flow.rows.map(formatRow), ...(max !== undefined && { maxFlow: max }) })
}

const maxFlowOf = ({ flow: { maxBytesPerSecond: max } }: JobView): string | undefined => (max === null ? undefined : formatRate(max))
