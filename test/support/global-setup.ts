/** Once per run of vitest, for the tests that need Temporal: the server, and the workflows bundled. */
import type { TestProject } from 'vitest/node'
import { workflowBundle } from '../../worker/bundle.ts'
import { startTemporalServer } from './temporal-server.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, bundle] = await Promise.all([startTemporalServer(), workflowBundle()])
  project.provide('temporalAddress', server.address)
  project.provide('workflowBundlePath', bundle)
  return () => server.stop()
}
