import { Client, Connection } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { startTemporalServer } from '../support/temporal-server.ts'

describe('a Temporal server of a test\'s own', () => {
  it('knows its open workflows again after kill -9 and a restart on the same data and port', async () => {
    const server = await startTemporalServer()
    const connection = Connection.lazy({ address: server.address })
    const client = new Client({ connection })
    const { firstExecutionRunId } = await client.workflow.start('nothing', { workflowId: 'one', taskQueue: 'nobody' })
    await server.kill()
    await server.restart()
    const { runId, status } = await client.workflow.getHandle('one').describe()
    expect([runId, status.name]).toEqual([firstExecutionRunId, 'RUNNING'])
    await connection.close()
    await server.stop()
  })
})
