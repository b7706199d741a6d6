/** A session on the Temporal in use, or on one that this process runs itself when there is none. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../embedded/process.ts'
import type { Embedded, EmbeddedOptions } from '../embedded/run.ts'
import type { JobOptions } from '../model/job.ts'
import { textOf, type Args, type ExitCode } from './command.ts'
import { say } from './output.ts'
import { findServer, openSession, type Session } from './session.ts'
import type { Shell } from './shell.ts'

export interface ServedSession extends Session {
  /** Server and worker live in this process: they end with it. */
  readonly embedded: boolean
}

export async function withServer(
  args: Args,
  shell: Shell,
  job: JobOptions,
  act: (session: ServedSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const found = await findServer(args, shell)
  if (found !== null && (found.origin !== 'folder' || (await hasOwnWorker(shell.folder)))) {
    const session = await openSession(found, args, shell)
    return await closing(session, () => act({ ...session, embedded: false }))
  }
  return await withEmbedded(args, shell, job, act)
}

async function withEmbedded(
  args: Args,
  shell: Shell,
  job: JobOptions,
  act: (session: ServedSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const embedded = await startEmbedded(args, shell, { job })
  try {
    const server = { origin: 'folder', namespace: embedded.namespace, connection: { address: embedded.address } } as const
    const session = await openSession(server, args, shell)
    return await closing(session, async () => {
      await embedded.working
      return await act({ ...session, embedded: true })
    })
  } finally {
    await embedded.stop()
  }
}

async function closing<T>(session: Session, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } finally {
    await session.close()
  }
}

export async function startEmbedded(
  args: Args,
  shell: Shell,
  options: Pick<EmbeddedOptions, 'port' | 'uiPort' | 'job'> = {},
): Promise<Embedded> {
  const { runEmbedded } = await import('../embedded/run.ts')
  const configPath = textOf(args, 'config')
  const tell = (line: string): void => say(shell, line)
  const embedded = await runEmbedded({
    folder: shell.folder,
    ...(configPath === undefined ? {} : { configPath }),
    ...options,
    onProgress: tell,
    onWarning: tell,
  })
  const { joined, address, uiAddress } = embedded
  say(shell, `Temporal ${joined ? 'of this folder' : 'started here'}: ${address}${uiAddress ? `, Web UI ${uiAddress}` : ''}`)
  return embedded
}

const devNote = (folder: string): string => join(folder, '.tranship', 'dev.pid')

/** `tranship dev` of the folder works for everybody: others need no worker of their own and may leave at any time. */
export async function noteOwnWorker(folder: string): Promise<() => Promise<void>> {
  await writeFile(devNote(folder), String(process.pid))
  return () => rm(devNote(folder), { force: true })
}

async function hasOwnWorker(folder: string): Promise<boolean> {
  const pid = Number(await readFile(devNote(folder), 'utf8').catch(() => Number.NaN))
  return Number.isInteger(pid) && isAlive(pid)
}
