/** Which Temporal: flags → TEMPORAL_* and profiles → a live server noted here or above → localhost:7233 if it answers. */
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { hostname } from 'node:os'
import { Client, Connection, isGrpcServiceError } from '@temporalio/client'
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig'
import { payloadCodec } from './codec.ts'
import { TranshipError } from './errors.ts'

export interface ServerFlags {
  readonly address?: string
  readonly namespace?: string
  readonly profile?: string
}

export interface ChooseOptions extends ServerFlags {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The live server that this folder or one above has noted. */
  readonly noted: () => Promise<{ readonly address: string; readonly namespace: string } | undefined>
}

export interface ServerChoice {
  readonly origin: 'flags' | 'environment' | 'folder' | 'default'
  readonly namespace: string
  readonly connection: Pick<ClientConnectConfig['connectionOptions'], 'tls' | 'apiKey' | 'metadata'> & {
    readonly address: string
  }
}

export const defaultAddress = 'localhost:7233'
const defaultPort = 7233
const connectTimeoutMs = 5_000
const probeMs = 1_000

/** Null when nothing was named and nothing answers. What was named is not asked here whether it answers. */
export async function chooseServer({ address, namespace, profile, env, noted }: ChooseOptions): Promise<ServerChoice | null> {
  const configured = load(profile, env)
  const named = address ?? configured.connectionOptions.address
  if (named !== undefined) {
    const { tls, apiKey, metadata } = configured.connectionOptions
    const connection = {
      address: named,
      ...(tls !== undefined && { tls }),
      ...(apiKey !== undefined && { apiKey }),
      ...(metadata && { metadata }),
    }
    return {
      origin: address === undefined ? 'environment' : 'flags',
      namespace: namespace ?? configured.namespace ?? 'default',
      connection,
    }
  }
  const note = await noted()
  if (note) return { origin: 'folder', namespace: namespace ?? note.namespace, connection: { address: note.address } }
  if (!(await isListening(defaultAddress, probeMs))) return null
  return {
    origin: 'default',
    namespace: namespace ?? configured.namespace ?? 'default',
    connection: { address: defaultAddress },
  }
}

function load(profile: string | undefined, env: ChooseOptions['env']): ClientConnectConfig {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  try {
    return loadClientConnectConfig({ overrideEnvVars, ...(profile === undefined ? {} : { profile }) })
  } catch (error) {
    throw new TranshipError(
      'InvalidParameters',
      `Temporal's own settings cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}

export interface Connected {
  readonly client: Client
  readonly connection: Connection
}

/** Fails `NoServer` when it does not answer, or has no such namespace. */
export async function connectTo({ connection: options, namespace }: ServerChoice): Promise<Connected> {
  const connection = await open(options)
  try {
    await connection.withDeadline(Date.now() + connectTimeoutMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === grpcNotFound) {
      await connection.close()
      throw new TranshipError(
        'NoServer',
        `Temporal at ${options.address} has no namespace "${namespace}".`,
        'Name one that exists with --namespace.',
      )
    }
  }
  return { connection, client: new Client({ connection, namespace, dataConverter: { payloadCodecs: [payloadCodec(process.env)] } }) }
}

const grpcNotFound = 5

async function open(options: ServerChoice['connection']): Promise<Connection> {
  if (!(await isListening(options.address, connectTimeoutMs)))
    throw noServer(`Temporal at ${options.address} does not answer (nothing listens there).`)
  try {
    return await Connection.connect({ ...options, connectTimeout: connectTimeoutMs } as Parameters<
      typeof Connection.connect
    >[0])
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw noServer(`Temporal at ${options.address} does not answer (${why}).`)
  }
}

export const noServer = (message = 'No Temporal server is in use here.'): TranshipError =>
  new TranshipError('NoServer', message, 'Start one with "tranship dev", or name one with --address or TEMPORAL_ADDRESS.')

/** Whether the workers of this server may see another file system than this machine's. */
export function isThisMachine(address: string): boolean {
  const host = address
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host === hostname().toLowerCase()
}

/** Nothing listens: known at once, without waiting for gRPC to give up. */
async function isListening(address: string, timeoutMs: number): Promise<boolean> {
  const url = URL.parse(`tcp://${address}`)
  if (!url?.hostname) return false
  const socket = createConnection({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || defaultPort) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
