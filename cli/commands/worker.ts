import { textOf, type Command } from '../command.ts'
import { invalid } from '../options.ts'
import { say } from '../output.ts'
import { requireServer } from '../session.ts'

const maxProcesses = 64

export const workerCommand: Command = {
  name: 'worker',
  summary: 'Run a worker host for the Temporal in use; SIGTERM or Ctrl-C drains it',
  positionals: [],
  options: { processes: { type: 'string', describe: 'Copy processes, one core each', default: '1' } },
  examples: [['TEMPORAL_ADDRESS=temporal:7233 tranship worker --processes 4', 'on each machine that copies']],
  run: async (args, shell) => {
    const processes = processesOf(textOf(args, 'processes') ?? '1')
    const server = await requireServer(args, shell)
    const { connectTo } = await import('../../client/connect.ts')
    await (await connectTo(server)).connection.close()
    const configPath = textOf(args, 'config')
    shell.takeInterrupts()
    const { runWorkerHost } = await import('../../worker/host.ts')
    const tell = (line: string): void => say(shell, line)
    await runWorkerHost({
      server: { namespace: server.namespace, connection: server.connection },
      processes,
      signal: shell.interrupted,
      ...(configPath === undefined ? {} : { configPath }),
      onWarning: tell,
      onReady: () =>
        tell(
          `Working for ${server.connection.address}, namespace ${server.namespace}, copy processes: ${processes}. Ctrl-C drains.`,
        ),
    })
    tell('Drained.')
    return 0
  },
}

function processesOf(text: string): number {
  const processes = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(processes >= 1 && processes <= maxProcesses))
    throw invalid(`--processes: "${text}" must be a whole number from 1 to ${maxProcesses}.`)
  return processes
}
