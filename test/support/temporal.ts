/** What tests of workflows and jobs share: a server a lane and one workflow bundle for the whole run of vitest. */
import { TestWorkflowEnvironment } from '@temporalio/testing'
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker'
import { readFile } from 'node:fs/promises'
import { inject } from 'vitest'
import { installRuntime } from '../../worker/runtime.ts'
import { laneOf } from './lanes.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The servers of this run, one a lane, each used in its namespace `default`. */
    temporalAddresses: readonly string[]
    /** A file with the bundle of workflows/index.ts, for `workflowBundle: { codePath }`. */
    workflowBundlePath: string
  }
}

/** That of this lane: files of other lanes, whose workers poll the same task queues, use others. */
export function temporalAddress(): string {
  const address = inject('temporalAddresses')[laneOf(process.env)]
  if (address === undefined) throw new Error('There is no Temporal server for this lane.')
  return address
}

/** Closed by the caller: `await environment.teardown()`. */
export function testEnvironment(address = temporalAddress()): Promise<TestWorkflowEnvironment> {
  installRuntime()
  return TestWorkflowEnvironment.createFromExistingServer({ address })
}

/** For `Worker.create({ workflowBundle })`. */
export const workflowBundle = (): { readonly codePath: string } => ({ codePath: inject('workflowBundlePath') })

/** The code itself, for `Worker.runReplayHistory` and for looking into it. */
export async function workflowBundleCode(): Promise<WorkflowBundleWithSourceMap> {
  return { code: await readFile(inject('workflowBundlePath'), 'utf8'), sourceMap: '' }
}
