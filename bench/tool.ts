import type { End } from './place.ts'
import type { Workload } from './workloads.ts'

export interface Task {
  readonly workload: Workload
  readonly from: End
  readonly to: End
}

/** What one copy took. */
export interface Sample {
  readonly seconds: number
  /** Of the client: its own, where it is a process; of the worker processes, where it is ours. */
  readonly cpuSeconds: number
  /** Sum over the client's processes, each at its own peak. */
  readonly peakBytes: number
  /** Ours: of Temporal's server meanwhile, and events in the job's histories. */
  readonly temporalCpuSeconds?: number
  readonly events?: number
}

export interface Tool {
  readonly name: string
  /** Others are compared with the best of the peers. */
  readonly kind: 'ours' | 'peer' | 'bare'
  /** Whether it can do this at all. */
  takes(task: Task): boolean
  /** Rejects where not everything was copied. */
  copy(task: Task): Promise<Sample>
}
