import { once } from 'node:events'
import type { Embedded } from '../../embedded/run.ts'
import type { Command } from '../command.ts'
import { noteOwnWorker, startEmbedded } from '../embedded-session.ts'
import { printResult, say } from '../output.ts'

export const devCommand: Command = {
  name: 'dev',
  summary: "Run Temporal's dev server and a worker here until Ctrl-C; data under .tranship/",
  positionals: [],
  options: {},
  examples: [['tranship dev', 'then, in another terminal: tranship create nightly --from photos --to archive']],
  run: async (args, shell) => {
    shell.takeInterrupts()
    const embedded = await startEmbedded(args, shell)
    await orStop(embedded)
    const forget = await noteOwnWorker(shell.folder)
    const { address, namespace, uiAddress } = embedded
    printResult(
      shell,
      { address, namespace, uiAddress: uiAddress ?? null },
      () => `Server ${address}\nWeb UI ${uiAddress ?? 'none'}\nReady. Ctrl-C ends both; open jobs go on next time.`,
    )
    if (!shell.interrupted.aborted) await once(shell.interrupted, 'abort')
    say(shell, 'Ending: copies stop at their next piece …')
    await forget()
    await embedded.stop()
    return 0
  },
}

async function orStop({ working, stop }: Embedded): Promise<void> {
  try {
    await working
  } catch (error) {
    await stop()
    throw error
  }
}
