/** tranship as it runs for people: a tranship.yaml, workers in this process, the client library; on the run's Temporal server. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import { createJobs } from '../../client/jobs.ts'
import type { Jobs } from '../../client/jobs.ts'
import { jobDefaults } from '../../model/job.ts'
import type { JobOptions } from '../../model/job.ts'
import type { JobView } from '../../model/status.ts'
import { createAddressBook } from '../../worker/config.ts'
import { startWorkers } from '../../worker/in-process.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Role } from '../../model/address.ts'
import { temporaryFolder } from '../support/processes.ts'
import { temporalAddress } from '../support/temporal.ts'

export interface Tranship {
  readonly jobs: Jobs
  readonly client: Client
  readonly configPath: string
  /** Makes the job and follows it to its end. */
  run(options: Partial<JobOptions> & Pick<JobOptions, 'job' | 'source' | 'destination'>, again?: boolean): Promise<JobView>
  open(ref: string, role?: Role): Promise<Storage>
  stop(): Promise<void>
}

export async function startTranship(addresses: Readonly<Record<string, unknown>>, address = temporalAddress()): Promise<Tranship> {
  const configPath = join(temporaryFolder('config'), 'tranship.yaml')
  await writeFile(configPath, stringify({ addresses }), { mode: 0o600 })
  const workers = await startWorkers({ server: { namespace: 'default', connection: { address } }, configPath })
  const connection = await Connection.connect({ address })
  const client = new Client({ connection })
  const jobs = createJobs({ client, searchAttributes: async () => true, by: 'test@e2e' })
  const book = createAddressBook({ path: configPath, env: process.env })
  const opened: Storage[] = []
  return {
    jobs, client, configPath,
    async run(options, again = false) {
      await jobs.create(optionsOf(options), { again })
      return await jobs.follow(options.job, { everyMs: 200 })
    },
    async open(ref, role = 'source') {
      const storage = await openStorage(book.resolve(ref, role))
      opened.push(storage)
      return storage
    },
    async stop() {
      for (const storage of opened) await storage.close()
      await workers.stop()
      await connection.close()
    },
  }
}

export const optionsOf = (options: Partial<JobOptions> & Pick<JobOptions, 'job' | 'source' | 'destination'>): JobOptions =>
  ({ ...jobDefaults, timeZone: 'UTC', ...options })
