/** The running job inside its workflow: the carried state, and what must not be carried (the scope that can be cut). */
import { defineSearchAttributeKey } from '@temporalio/common'
import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import type { RunContext } from '../model/batch.ts'
import { withChanged } from '../model/change.ts'
import { toDetails } from '../model/details.ts'
import type { JobOptions } from '../model/job.ts'
import { toMemo, withChange } from '../model/job-state.ts'
import type { JobState } from '../model/job-state.ts'
import type { StatusMemo } from '../model/status.ts'

const statusKey = defineSearchAttributeKey('JobStatus', 'KEYWORD')
const sourceKey = defineSearchAttributeKey('JobSource', 'KEYWORD')
const destinationKey = defineSearchAttributeKey('JobDestination', 'KEYWORD')
const runKey = defineSearchAttributeKey('JobRun', 'INT')
const publishEveryMs = 3_000
const maxNotes = 20

export class Job {
  readonly state: JobState
  private readonly made: JobOptions
  private readonly hasSearchAttributes: boolean
  private cutScope: (() => void) | null = null
  /** Raised at every change, so that waiters can see that one happened. */
  events = 0
  /** What is in flight is being ended, at a piece boundary. */
  cutting = false
  /** `start` while blocked: look at the address at once. */
  nudged = false
  private published = { at: 0, attributes: '', key: '' }

  constructor(options: JobOptions, state: JobState, hasSearchAttributes: boolean) {
    this.made = options
    this.state = state
    this.hasSearchAttributes = hasSearchAttributes
  }

  /** As the job was made, with what was changed since. */
  get options(): JobOptions {
    return withChanged(this.made, this.state.changed)
  }

  get context(): RunContext {
    const { epoch, run, proven } = this.state
    return { options: this.options, epoch, run: run.run, proven }
  }

  /** While `body` runs, `cut` ends what it has in flight. */
  async cuttable(cancel: () => void, body: () => Promise<void>): Promise<void> {
    this.cutting = false
    this.cutScope = cancel
    if (this.mustEnd()) this.cut()
    await body()
    this.cutScope = null
  }

  cut(): void {
    this.changed()
    if (this.cutScope === null || this.cutting) return
    this.cutting = true
    this.cutScope()
  }

  /** Nothing new may begin: stop, cancel, or a fault of the whole run. */
  mustEnd(): boolean {
    const { wanted, cancelled, fault, blocked } = this.state
    return wanted === 'stop' || cancelled || fault !== null || blocked !== null
  }

  changed(): void {
    this.events += 1
  }

  /** To be called before anything of the change is published. */
  record(by: string, what: string): void {
    this.state.changes = withChange(this.state.changes, { at: Date.now(), by, what })
  }

  note(text: string): void {
    this.state.notes = [...this.state.notes, text.slice(0, 300)].slice(-maxNotes)
    this.publish()
  }

  /** Memo, details and search attributes: at once when the status, phase or reason changed, else every few seconds. */
  publish(): void {
    const memo = toMemo(this.state, this.options)
    const key = JSON.stringify([memo.status, memo.phase, memo.reason, memo.run, this.state.notes.length, memo.lists, memo.flow?.version, memo.restoring, memo.changed])
    if (key === this.published.key && Date.now() - this.published.at < publishEveryMs) return
    upsertMemo({ status: memo })
    setCurrentDetails(toDetails(memo, this.state.notes, Date.now()))
    const attributes = `${memo.status}, run ${memo.run}`
    if (attributes !== this.published.attributes) this.publishAttributes(memo)
    this.published = { at: Date.now(), attributes, key }
  }

  private publishAttributes({ status, run, source, destination }: StatusMemo): void {
    if (!this.hasSearchAttributes) return
    upsertSearchAttributes([
      { key: statusKey, value: status },
      { key: sourceKey, value: source.slice(0, 255) },
      { key: destinationKey, value: destination.slice(0, 255) },
      { key: runKey, value: run },
    ])
  }

  /** The history is long enough; not before this run has brought something forward. */
  wantsContinue(progress: number): boolean {
    return progress > 0 && workflowInfo().continueAsNewSuggested
  }
}
