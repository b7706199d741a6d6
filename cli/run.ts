/** One run of the command line: parses, runs the command, tells how it went. */
import packageFile from '../package.json' with { type: 'json' }
import type { ExitCode } from './command.ts'
import { loadCommands } from './commands.ts'
import { printError } from './output.ts'
import { parseCommandLine } from './parser.ts'
import { processShell, type Shell } from './shell.ts'

export async function run(argv: readonly string[], shell: Shell = processShell(argv.includes('--json'))): Promise<ExitCode> {
  try {
    const { command, args, printed } = await parseCommandLine(argv, await loadCommands(argv), packageFile.version)
    if (command) return await command.run(args, shell)
    shell.stdout.write(`${printed}\n`)
    return 0
  } catch (error) {
    return printError(shell, error)
  }
}
