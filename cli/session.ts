/** Connects a command to Temporal and gives it the jobs there. Temporal's client is slow to load: only once a server is there. */
import { hostname, userInfo } from 'node:os'
import type { Client } from '@temporalio/client'
import { chooseServer, isThisMachine, noServer, type ServerChoice } from '../client/choose-server.ts'
import { TranshipError } from '../client/errors.ts'
import type { Jobs } from '../client/jobs.ts'
import { ensureSearchAttributes } from '../client/search-attributes.ts'
import { findLiveServer } from '../embedded/server-note.ts'
import { parseDuration } from '../model/time.ts'
import { textOf, type Args, type ExitCode } from './command.ts'
import { say } from './output.ts'
import type { Shell } from './shell.ts'

export interface Session {
  readonly jobs: Jobs
  readonly client: Client
  readonly server: ServerChoice
  /** Local paths mean the same to the workers as here. */
  readonly local: boolean
  close(): Promise<void>
}

/** The Temporal in use, or null when there is none. */
export async function findServer(args: Args, { env, folder }: Shell): Promise<ServerChoice | null> {
  const flags = { address: textOf(args, 'address'), namespace: textOf(args, 'namespace'), profile: textOf(args, 'profile') }
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
  return await chooseServer({ ...given, env, noted: () => findLiveServer(folder) })
}

/** Fails `NoServer` when there is none. */
export async function requireServer(args: Args, shell: Shell): Promise<ServerChoice> {
  const server = await findServer(args, shell)
  if (server === null) throw noServer()
  return server
}

export async function openSession(server: ServerChoice, args: Args, shell: Shell): Promise<Session> {
  const { connectTo } = await import('../client/connect.ts')
  const { createJobs } = await import('../client/jobs.ts')
  const { connection, client } = await connectTo(server)
  const jobs = createJobs({
    client,
    by: whoAsks(),
    workerTimeoutMs: workerTimeoutOf(args),
    searchAttributes: () => ensureAttributes(connection, server.namespace, shell),
    onNotice: (sentence) => say(shell, sentence),
  })
  return { jobs, client, server, local: isThisMachine(server.connection.address), close: () => connection.close() }
}

/** The usual life of a command. */
export async function withSession(args: Args, shell: Shell, act: (session: Session) => Promise<ExitCode>): Promise<ExitCode> {
  workerTimeoutOf(args)
  const session = await openSession(await requireServer(args, shell), args, shell)
  try {
    return await act(session)
  } finally {
    await session.close()
  }
}

async function ensureAttributes(
  connection: Parameters<typeof ensureSearchAttributes>[0],
  namespace: string,
  shell: Shell,
): Promise<boolean> {
  const present = await ensureSearchAttributes(connection, namespace)
  if (!present)
    say(shell, `The namespace "${namespace}" lacks our search attributes and they may not be registered: the job runs without.`)
  return present
}

export function workerTimeoutOf(args: Args): number {
  try {
    return parseDuration(textOf(args, 'workerTimeout') ?? '30s')
  } catch (error) {
    throw new TranshipError('InvalidParameters', `--worker-timeout: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function whoAsks(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return hostname()
  }
}
