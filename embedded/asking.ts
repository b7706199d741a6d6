import type { Connection } from '@temporalio/client'

/** Asks the server at this address. Temporal's client is slow to load: only here. */
export async function asking<T>(address: string, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const { Connection } = await import('@temporalio/client')
  const connection = Connection.lazy({ address })
  try {
    return await ask(connection)
  } finally {
    await connection.close()
  }
}
