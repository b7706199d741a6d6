/** The OSS test server in a process of its own, with its controls: what it costs, and what is killed beside it, does not touch it. */
import OSS from 'ali-oss'
import type { Counts, TrafficSecond } from '../servers/stores/counters.ts'
import type { FaultRule } from '../servers/stores/faults.ts'
import type { LoggedRequest } from '../servers/stores/request-log.ts'
import type { AccessKey } from '../servers/stores/options.ts'
import { startOssProcess as startProcess } from '../servers/stores/process.ts'

export interface OssProcess {
  readonly endpoint: string
  readonly region: string
  readonly pid: number
  /** For tranship.yaml. */
  address(bucket: string, more?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
  /** Alibaba's own client. */
  client(bucket: string): OSS
  counts(): Promise<Counts>
  resetCounts(): Promise<void>
  traffic(): Promise<TrafficSecond[]>
  /** The requests since `resetLog`, in the order in which they came. */
  log(): Promise<LoggedRequest[]>
  resetLog(): Promise<void>
  /** Adds or replaces the rule of this id. */
  setFault(rule: FaultRule & { readonly id: string }): Promise<void>
  removeFault(id: string): Promise<void>
  /** How many requests the rule of this id has struck. */
  hits(id: string): Promise<number>
  /** Replaces all access keys. */
  setKeys(keys: readonly AccessKey[]): Promise<void>
  stop(): Promise<void>
}

export interface OssProcessOptions {
  readonly buckets: readonly string[]
  /** Keeps the data on disk; by default all is in memory. */
  readonly dir?: string
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
}

export async function startOssProcess(options: OssProcessOptions): Promise<OssProcess> {
  const { accessKeyId = 'process-key-id', accessKeySecret = 'process-key-secret' } = options
  const keys = { accessKeyId, accessKeySecret }
  const { endpoint, region, pid, stop } = await startProcess({ ...options, ...keys })

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${endpoint}/-/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} /-/${path}: ${answer.status} ${await answer.text()}`)
    return await answer.json()
  }
  return {
    endpoint, region, pid,
    address: (bucket, more = {}) => ({ vendor: 'oss', endpoint, region, bucket, ...keys, ...more }),
    client: (bucket) => new OSS({ endpoint, region: `oss-${region}`, bucket, ...keys, ...undeclared }),
    counts: async () => (await control('GET', 'counters')) as Counts,
    resetCounts: async () => void (await control('DELETE', 'counters')),
    traffic: async () => (await control('GET', 'traffic')) as TrafficSecond[],
    log: async () => (await control('GET', 'log')) as LoggedRequest[],
    resetLog: async () => void (await control('DELETE', 'log')),
    setFault: async (rule) => void (await control('POST', 'faults', rule)),
    removeFault: async (id) => void (await control('DELETE', `faults/${id}`)),
    hits: async (id) => ((await control('GET', 'faults')) as { id: string; hits: number }[]).find((rule) => rule.id === id)?.hits ?? 0,
    setKeys: async (list) => void (await control('PUT', 'keys', list)),
    stop: () => stop('SIGKILL'),
  }
}

/** What ali-oss's type declarations leave out. */
const undeclared = { sldEnable: true, authorizationV4: true }
