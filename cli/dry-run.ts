import type { JobOptions } from '../model/job.ts'
import type { ExitCode } from './command.ts'
import { invalid } from './options.ts'
import type { Shell } from './shell.ts'

export async function dryRun(_options: JobOptions, _how: { readonly config: string | undefined; readonly out: string | undefined }, _shell: Shell): Promise<ExitCode> {
  throw invalid('--dry-run is not there yet.')
}
