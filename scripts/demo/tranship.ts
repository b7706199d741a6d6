import { spawn } from 'node:child_process'
import type { SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/tranship.js', import.meta.url))

export type Where = Pick<SpawnOptions, 'cwd' | 'env'>

/** The command as a user types it; what it says appears here as it comes. Resolves with its exit code. */
export async function tranship(args: readonly string[], where: Where): Promise<number | null> {
  const child = spawn(process.execPath, [program, ...args], { ...where, stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

export interface Dev {
  readonly uiAddress: string
  stop(): Promise<void>
}

/** `tranship dev`: Temporal, its Web UI and a worker, for as long as the demo runs. */
export async function startDev(where: Where): Promise<Dev> {
  const child = spawn(process.execPath, [program, 'dev', '--json'], { ...where, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const chunks: string[] = []
  const ended = once(child, 'exit')
  const ready = new Promise<Dev>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      chunks.push(line)
      const said = tryParse(chunks.join('\n'))
      if (said) resolve({ uiAddress: said.uiAddress, stop })
    })
  })
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGINT')
    await ended
  }
  process.once('exit', () => child.kill('SIGKILL'))
  return await Promise.race([ready, ended.then(([code]) => { throw new Error(`tranship dev ended with exit code ${String(code)}`) })])
}

function tryParse(text: string): { readonly uiAddress: string } | undefined {
  try {
    return JSON.parse(text) as { readonly uiAddress: string }
  } catch {
    return undefined
  }
}
