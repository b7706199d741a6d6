/** Connects to a Temporal that was chosen. */
import { Client, Connection, isGrpcServiceError } from '@temporalio/client'
import { noServer, type ServerChoice } from './choose-server.ts'
import { payloadCodec } from './codec.ts'
import { TranshipError } from './errors.ts'
import { isListening } from './listening.ts'

const connectTimeoutMs = 5_000

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
