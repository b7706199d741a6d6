import type { NativeConnectionOptions } from '@temporalio/worker'

/** Which Temporal a worker serves. Plain data with buffers, so that a host can hand it to its copy processes. */
export interface TemporalServer {
  readonly namespace: string
  readonly connection: Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>
}
