/** What surrounds a command: environment, folder, streams, Ctrl-C. */
import type { Writable } from 'node:stream'

export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
  /** For results: with --json exactly one document, nothing else. */
  readonly stdout: Writable
  /** For people. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly json: boolean
  /** Fires at the first Ctrl-C or SIGTERM once `takeInterrupts` was called; before that, and at the second, the process ends. */
  readonly interrupted: AbortSignal
  takeInterrupts(): void
}

export function processShell(json: boolean): Shell {
  const interrupt = new AbortController()
  let taken = false
  const onSignal = (): void => {
    if (!taken || interrupt.signal.aborted) process.exit(130)
    interrupt.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    env: process.env,
    folder: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    json,
    interrupted: interrupt.signal,
    takeInterrupts: () => {
      taken = true
    },
  }
}
