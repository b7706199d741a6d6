/** Runs a short workflow to its end, and gives up when no worker takes it. */
import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowFailedError, type Client, type Workflow, type WorkflowStartOptions } from '@temporalio/client'
import { TranshipError } from './errors.ts'
import { createWorkerWatch, type WatchOptions } from './worker-watch.ts'

const taskScheduled = 1

export async function runWatched<T extends Workflow>(
  client: Client,
  type: string,
  options: WorkflowStartOptions<T>,
  watch: WatchOptions & { readonly onMemo?: (memo: Readonly<Record<string, unknown>>) => void },
): Promise<Awaited<ReturnType<T>>> {
  const handle = await client.workflow.start<T>(type, options)
  const over = new AbortController()
  const result = client.withAbortSignal(over.signal, () => handle.result())
  try {
    return (await Promise.race([result, watched(client, options.workflowId, over.signal, watch)])) as Awaited<ReturnType<T>>
  } catch (error) {
    if (error instanceof TranshipError) await handle.terminate('no worker came').catch(() => undefined)
    if (error instanceof WorkflowFailedError) throw new TranshipError('Unexpected', innermost(error).message)
    throw error
  } finally {
    over.abort()
    result.catch(() => undefined)
  }
}

async function watched(client: Client, workflowId: string, signal: AbortSignal, options: Parameters<typeof runWatched>[3]): Promise<never> {
  const watch = createWorkerWatch(client, options)
  for (;;) {
    await delay(500, undefined, { signal })
    const { raw, memo } = await client.workflow.getHandle(workflowId).describe()
    if (memo) options.onMemo?.(memo)
    await watch.observe({ decision: raw.pendingWorkflowTask?.state === taskScheduled, queues: [] })
  }
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error
}
