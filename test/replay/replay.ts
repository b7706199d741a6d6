import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import type { ReplayWorkerOptions } from '@temporalio/worker'
import { payloadConverterPath } from '../../worker/bundle.ts'
import { installRuntime } from '../../worker/runtime.ts'

const folder = join(import.meta.dirname, 'histories')

export type History = ReturnType<typeof historyFromJSON>

export interface RecordedHistory {
  /** `<what happens>.<run of the workflow>.json`. */
  readonly file: string
  readonly text: string
  readonly history: History
}

export async function recordedHistories(): Promise<RecordedHistory[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return await Promise.all(files.map(async (file) => {
    const text = await readFile(join(folder, file), 'utf8')
    return { file, text, history: historyFromJSON(JSON.parse(text)) }
  }))
}

/** What the replay failed with; undefined when the code decides as it did when the history was recorded. */
export async function replay(workflowBundle: NonNullable<ReplayWorkerOptions['workflowBundle']>, history: History): Promise<Error | undefined> {
  installRuntime()
  try {
    await Worker.runReplayHistory({ workflowBundle, dataConverter: { payloadConverterPath } }, history, 'migration/recorded')
    return undefined
  } catch (error) {
    return error as Error
  }
}
