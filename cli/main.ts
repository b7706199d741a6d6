/** The program: what bin/tranship.js starts. */
import { run } from './run.ts'

// A diagnostic report would hold every variable, and with them secrets.
process.report.excludeEnv = true

process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3))

const code = await run(process.argv.slice(2))
process.stdout.write('', () => process.exit(code))
