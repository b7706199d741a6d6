import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/tranship.js', import.meta.url))

export interface TranshipRun {
  readonly code: number | null
  /** The Temporal Web UI, as the command printed it. */
  readonly uiAddress: string | undefined
}

/** The command as a user types it; what it says appears here as it comes. */
export async function runTranship(args: readonly string[], { folder, env }: { folder: string; env: NodeJS.ProcessEnv }): Promise<TranshipRun> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: ['ignore', 'inherit', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    process.stderr.write(chunk)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, uiAddress: /https?:\/\/\S*8?\d{3,5}/.exec(said)?.[0] }
}
