import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { Client, Connection } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { payloadCodec } from '../../client/codec.ts'
import type { TemporalServer } from '../server.ts'
import { createShareWorker } from '../workers.ts'
import { HostFlow } from './host-flow.ts'

export interface RunningFlow {
  readonly flow: HostFlow
  /** Gives this host's parts back. */
  stop(): Promise<void>
}

/** Flow control of this host: it looks and joins with a client of its own, and takes shares on a queue of its own. */
export async function startHostFlow(native: NativeConnection, server: TemporalServer): Promise<RunningFlow> {
  const connection = await Connection.connect(server.connection as Parameters<typeof Connection.connect>[0])
  const queue = `tranship-share/${hostname()}/${process.pid}-${randomBytes(3).toString('hex')}`
  const flow = new HostFlow(new Client({ connection, namespace: server.namespace, dataConverter: { payloadCodecs: [payloadCodec(process.env)] } }), queue)
  const worker = await createShareWorker(native, server, queue, flow)
  const running = worker.run()
  return {
    flow,
    async stop() {
      worker.shutdown()
      await running
      await connection.close()
    },
  }
}
