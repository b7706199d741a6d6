/** What tests of workflows and jobs share: one server and one workflow bundle for the whole run of vitest. */
import { TestWorkflowEnvironment } from '@temporalio/testing'
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker'
import { readFile } from 'node:fs/promises'
import { inject } from 'vitest'
import { installRuntime } from '../../worker/runtime.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server of this run, in its namespace `default`. */
    temporalAddress: string
    /** A file with the bundle of workflows/index.ts, for `workflowBundle: { codePath }`. */
    workflowBundlePath: string
  }
}

export const temporalAddress = (): string => inject('temporalAddress')

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
