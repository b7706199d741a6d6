/** The real command line as a process, in a folder of its own and, where it needs Temporal, a namespace of its own. */
import { execFile, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Connection } from '@temporalio/client'
import { run } from '../../cli/run.ts'
import type { Shell } from '../../cli/shell.ts'
import { awaitUntil } from '../support/await-until.ts'
import { start, temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'

const bin = join(import.meta.dirname, '../../bin/tranship.js')

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Terminal {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  run(...args: string[]): Promise<Ran>
  /** The one document on standard output, with the exit code. */
  json(...args: string[]): Promise<{ readonly code: number | null; readonly answer: Record<string, unknown> }>
  /** Left running: end it by a signal, or let it end. */
  start(...args: string[]): ChildProcess
}

/** Nothing of the machine's own Temporal settings reaches it. */
export function openTerminal(env: Readonly<Record<string, string>> = {}, folder = temporaryFolder('cli')): Terminal {
  const { TEMPORAL_ADDRESS: _a, TEMPORAL_NAMESPACE: _n, TRANSHIP_CONFIG: _c, ...rest } = process.env
  const own: NodeJS.ProcessEnv = { ...rest, NO_COLOR: '1', TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'), ...env }
  const run = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [bin, ...args],
        { cwd: folder, env: own, maxBuffer: 64 * 1024 ** 2 },
        (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      )
    })
  return {
    folder,
    env: own,
    run,
    json: async (...args) => {
      const { code, stdout, stderr } = await run(...args, '--json')
      try {
        return { code, answer: JSON.parse(stdout) as Record<string, unknown> }
      } catch {
        throw new Error(`not one JSON document: ${stdout}\n${stderr}`)
      }
    },
    start: (...args) => start(process.execPath, [bin, ...args], { cwd: folder, env: own, output: 'pipe' }),
  }
}

/** The same command line inside this process: quick, for what needs no process of its own. */
export async function runHere(env: Readonly<Record<string, string>>, folder: string, ...args: string[]): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const shell: Shell = {
    env,
    folder,
    stdout,
    stderr,
    json: args.includes('--json'),
    interrupted: new AbortController().signal,
    takeInterrupts: () => undefined,
  }
  const code = await run(args, shell)
  stdout.end()
  stderr.end()
  return { code, stdout: await text(stdout), stderr: await text(stderr) }
}

/** How a started process ended, and what it had printed. */
export async function ended(child: ChildProcess): Promise<Ran> {
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    new Promise<number | null>((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(child.exitCode))),
  ])
  return { code, stdout, stderr }
}

/** Resolves once the process has printed this on standard error. */
export function printed(child: ChildProcess, sentence: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(sentence)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code} before "${sentence}": ${seen}`)))
  })
}

/** The test run's server, in a namespace that nobody else uses: other tests' workers never see its jobs. */
export async function newNamespace(): Promise<{ readonly TEMPORAL_ADDRESS: string; readonly TEMPORAL_NAMESPACE: string }> {
  const address = temporalAddress()
  const namespace = `cli-${randomBytes(4).toString('hex')}`
  const connection = await Connection.connect({ address })
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    })
    await awaitUntil(() => connection.workflowService.countWorkflowExecutions({ namespace, query: '' }), {
      what: `namespace ${namespace} is known`,
    })
  } finally {
    await connection.close()
  }
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }
}
