/** Which Temporal: flags → TEMPORAL_* and profiles → a live server noted here or above → localhost:7233 if it answers. */
import { hostname } from 'node:os'
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig'
import { TranshipError } from './errors.ts'
import { isListening } from './listening.ts'

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
