/** Once per run of vitest, for the tests that need Temporal: a server a lane, and the workflows bundled. */
import type { TestProject } from 'vitest/node'
import { workflowBundle } from '../../worker/bundle.ts'
import { laneCount } from './lanes.ts'
import { startTemporalServer } from './temporal-server.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const bundle = await workflowBundle()
  const servers = await Promise.all(Array.from({ length: laneCount }, () => startTemporalServer()))
  project.provide('temporalAddresses', servers.map(({ address }) => address))
  project.provide('workflowBundlePath', bundle)
  return async () => void (await Promise.all(servers.map((server) => server.stop())))
}
