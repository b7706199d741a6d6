/** Once per run of vitest, for the tests that need Temporal: the server, and the workflows bundled. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import type { TestProject } from 'vitest/node'
import { temporaryFolder } from './processes.ts'
import { startTemporalServer } from './temporal-server.ts'

const workflows = join(import.meta.dirname, '../../workflows')

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, bundle] = await Promise.all([startTemporalServer(), bundleTo(join(temporaryFolder('bundle'), 'workflows.js'))])
  project.provide('temporalAddress', server.address)
  project.provide('workflowBundlePath', bundle)
  return () => server.stop()
}

async function bundleTo(file: string): Promise<string> {
  const workflowsPath = join(workflows, 'index.ts')
  if (!existsSync(workflowsPath)) return ''
  const payloadConverterPath = join(workflows, 'payload-converter.ts')
  const { code } = await bundleWorkflowCode({ workflowsPath, payloadConverterPath, logger: new DefaultLogger('WARN') })
  await writeFile(file, code)
  return file
}
