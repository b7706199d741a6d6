/** Runs a program to its end and says what it took, as the operating system counts it. */
import { readFile } from 'node:fs/promises'
import { end, start } from '../test/support/processes.ts'
import { peakBytes } from '../scripts/figures/memory.ts'
import type { Sample } from './tool.ts'

const ticksPerSecond = 100
const lookEveryMs = 50
const keptOutput = 2_000

interface RunOptions {
  readonly env: Readonly<Record<string, string>>
  /** Of standard output. */
  readonly onOutput?: (text: string) => void
  /** Codes that mean success; default 0 alone. */
  readonly goodCodes?: readonly number[]
}

/** Rejects where it ends with a code that does not mean success. */
export async function runToEnd(program: string, args: readonly string[], { env, onOutput, goodCodes = [0] }: RunOptions): Promise<Sample> {
  const cpuBefore = await waitedCpuSeconds()
  const startedAt = performance.now()
  const child = start(program, args, { output: 'pipe', env: { ...process.env, ...env } })
  let said = ''
  const hear = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-keptOutput))
  child.stdout?.on('data', onOutput ? (chunk: Buffer) => onOutput(chunk.toString()) : hear)
  child.stderr?.on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.ref()
  let peak = 0
  const watching = setInterval(() => {
    void peakBytes(child.pid ?? 0).then((peaks) => void (peak = Math.max(peak, peaks.reduce((sum, bytes) => sum + bytes, 0))))
  }, lookEveryMs)
  const code = await ended
  clearInterval(watching)
  const seconds = (performance.now() - startedAt) / 1_000
  child.stdin?.destroy()
  await end(child)
  if (code === null || !goodCodes.includes(code)) throw new Error(`${program} ended with ${String(code)}: ${said.trim()}`)
  return { seconds, cpuSeconds: (await waitedCpuSeconds()) - cpuBefore, peakBytes: peak }
}

/** CPU of all processes that this one has waited for, and of what they waited for: the 16th and 17th field. */
async function waitedCpuSeconds(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond
}
