/** What a person tells the job, given again where no answer came: through the library, or by the command line itself. */
import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { TranshipError } from '../../client/errors.ts'
import { end, start, temporaryFolder } from '../support/processes.ts'
import type { Lane } from './lane.ts'
import { jobFile, scriptedOptions } from './scripted-job.ts'

export interface Commands {
  create(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  retry(): Promise<void>
  /** kill -9 of every command that runs now. */
  kill(): Promise<void>
  /** Resolves once every command has had its answer; what was wrong with those. */
  end(): Promise<string[]>
}

const patienceMs = 240_000

export function libraryCommands({ client: { jobs } }: Lane, job: string): Commands {
  return {
    create: () => insist(() => jobs.create(scriptedOptions(job))),
    stop: () => insist(() => jobs.stop(job)),
    start: () => insist(() => jobs.start(job)),
    retry: () => insist(() => jobs.retry(job)),
    kill: async () => {},
    end: async () => [],
  }
}

const noAnswer: readonly string[] = ['NoServer', 'NoWorker']

/** A refusal is an answer: what was told before had come through. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      await act()
      return
    } catch (error) {
      if (error instanceof TranshipError && !noAnswer.includes(error.code)) return
      if (Date.now() > deadline) throw error
      await delay(200)
    }
  }
}

const program = fileURLToPath(new URL('../../bin/tranship.js', import.meta.url))

/** Each waits as people let it wait, `create` until the whole run is over. */
export async function cliCommands(lane: Lane, job: string): Promise<Commands> {
  const file = join(temporaryFolder('job'), 'job.yaml')
  await writeFile(file, stringify(jobFile))
  const running = new Set<ChildProcess>()
  const told: Promise<string | undefined>[] = []

  const once = async (args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> => {
    const child = start(process.execPath, [program, ...args, '--json', '--address', lane.temporal.address, '--config', lane.configPath], { output: 'pipe' })
    running.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void (output += chunk.toString()))
    await new Promise((resolve) => child.once('close', resolve))
    running.delete(child)
    return { code: child.exitCode, output }
  }
  /** Exit codes of CLI.md: 3, or none, is no answer. */
  const tell = async (args: readonly string[]): Promise<string | undefined> => {
    for (const deadline = Date.now() + patienceMs; ; ) {
      const { code, output } = await once(args)
      const isAnswer = code !== null && code <= 2 && !output.includes('"Unexpected"')
      if (isAnswer) return undefined
      if (Date.now() > deadline) return `${args.join(' ')}: ${code} ${output}`
    }
  }
  const keep = (args: readonly string[]): Promise<string | undefined> => {
    const telling = tell(args)
    told.push(telling)
    return telling
  }
  return {
    create: async () => void keep(['create', job, '--from', 'photos', '--to', 'archive', '--file', file, '--wait']),
    stop: async () => void (await keep(['stop', job, '--wait'])),
    start: async () => void (await keep(['start', job, '--wait'])),
    retry: async () => void (await keep(['retry', job, '--wait'])),
    kill: async () => void (await Promise.all([...running].map((child) => end(child)))),
    end: async () => (await Promise.all(told)).filter((wrong) => wrong !== undefined),
  }
}
