import type { JobView } from '../model/status.ts'
import { exitCodeOf } from './following.ts'
import type { ExitCode } from './command.ts'
import { printResult, say, toRefusal } from './output.ts'
import { showJob } from './show.ts'
import type { Shell } from './shell.ts'

/** Prints a job; one that could not be made is a refusal too, with the code of its reason. */
export function printJob(shell: Shell, view: JobView): ExitCode {
  if (view.status !== 'Create Failed' || view.reason === null) {
    printResult(shell, view, () => showJob(view))
    if (isEmpty(view)) say(shell, `Nothing was found at ${view.source}: is its prefix or path right?`)
    return exitCodeOf(view)
  }
  const { code, message } = view.reason
  printResult(shell, { ...view, ...toRefusal({ code, message, hint: null }) }, () => `${view.job}: ${view.status}`)
  say(shell, `${code}: ${message}`)
  return 2
}

const isEmpty = ({ status, listed, excluded }: JobView): boolean =>
  status === 'Completed' && listed.files === 0 && excluded.files === 0
