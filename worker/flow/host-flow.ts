/** Flow control of a worker host: the jobs that its processes copy for, each with this host's part of its limit. */
import type { Client } from '@temporalio/client'
import type { ShareLife, Sharing } from '../../activities/share.ts'
import type { JobUse } from '../../model/flow/pacing.ts'
import { JobFlow, type Copier } from './job-flow.ts'

export class HostFlow implements Sharing {
  readonly #client: Client
  readonly #queue: string
  readonly #jobs = new Map<string, JobFlow>()

  /** `queue`: where this host, and no other, takes shares. */
  constructor(client: Client, queue: string) {
    this.#client = client
    this.#queue = queue
  }

  begin(copier: Copier, job: string): void {
    this.#flowOf(job).begin(copier)
  }

  /** All that the process copies for now. */
  report(copier: Copier, uses: readonly JobUse[]): void {
    for (const { job, usage } of uses) this.#flowOf(job).use(copier, usage)
    const copied = new Set(uses.map(({ job }) => job))
    for (const [job, flow] of this.#jobs) if (!copied.has(job)) flow.end(copier)
  }

  async share(job: string, life: ShareLife): Promise<void> {
    await this.#jobs.get(job)?.share(life)
  }

  #flowOf(job: string): JobFlow {
    const known = this.#jobs.get(job)
    if (known) return known
    const flow = new JobFlow(this.#client, this.#queue, job)
    this.#jobs.set(job, flow)
    void flow.live().finally(() => this.#jobs.delete(job))
    return flow
  }
}
