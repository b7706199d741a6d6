/** The client library on a Temporal of the test's choice, and a tranship.yaml for workers that run elsewhere. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import { createJobs } from '../../client/jobs.ts'
import type { Jobs } from '../../client/jobs.ts'
import { temporaryFolder } from './processes.ts'

export interface JobsClient {
  readonly jobs: Jobs
  readonly client: Client
  close(): Promise<void>
}

/** It needs no server to begin with, and lives on when the server is killed and started again. */
export function connectJobs(address: string): JobsClient {
  const connection = Connection.lazy({ address })
  const client = new Client({ connection })
  const jobs = createJobs({ client, searchAttributes: async () => true, by: 'test@here' })
  return { jobs, client, close: () => connection.close() }
}

/** Path of a tranship.yaml with these addresses. */
export async function writeConfig(addresses: Readonly<Record<string, unknown>>): Promise<string> {
  const path = join(temporaryFolder('config'), 'tranship.yaml')
  await writeFile(path, stringify({ addresses }), { mode: 0o600 })
  return path
}
