/** Binds the messages of CLI.md, each as Update and as Signal of one meaning. No handler ever throws. */
import { ApplicationFailure, condition, defineQuery, defineUpdate, setDefaultSignalHandler, setHandler, defineSignal } from '@temporalio/workflow'
import { describeChange, effectOf, needsCut } from '../model/change.ts'
import { nextFlow, refusal, statusOf } from '../model/job-state.ts'
import { messageNames, parseMessage } from '../model/messages.ts'
import type { Accepted, CreatedAnswer, MessageAnswer, MessageName } from '../model/messages.ts'
import type { FinishedParts } from '../model/batch.ts'
import type { Fault } from '../model/codes.ts'
import type { Job } from './job.ts'

/** What of the running run is finished, for a report before its end. */
export const reportPartsQuery = defineQuery<FinishedParts>('reportParts')
export const createdUpdate = defineUpdate<CreatedAnswer>('created')

export function bindMessages(job: Job, retryWanted: (only: string | undefined) => void): void {
  const apply: Record<MessageName, (message: Accepted) => string> = {
    stop: ({ by }) => stop(job, by),
    start: ({ by }) => start(job, by),
    retry: ({ by, only }) => {
      retryWanted(only)
      job.record(by, only === undefined ? 'retry' : `retry ${only.slice(0, 40)}`)
      return 'The failed files are tried again.'
    },
    resetFlowControl: (message) => resetFlow(job, message),
    change: (message) => change(job, message),
  }
  for (const name of messageNames) bind(job, name, apply[name])
  setHandler(createdUpdate, async () => {
    await condition(() => job.state.checked || job.state.fault !== null)
    return { status: statusOf(job.state), fault: job.state.checked ? null : job.state.fault }
  })
  setHandler(reportPartsQuery, () => {
    const { epoch, run } = job.state
    return { epoch, run: run.run, fragments: run.fragments, finished: run.finished }
  })
  setDefaultSignalHandler((name) => job.note(`A signal "${String(name).slice(0, 60)}" is not known here; there are ${messageNames.join(', ')}.`))
}

function bind(job: Job, name: MessageName, apply: (message: Accepted) => string): void {
  const handle = (message: Accepted): MessageAnswer => {
    const text = apply(message)
    job.publish()
    job.changed()
    return { status: statusOf(job.state), message: text }
  }
  const refuse = (value: unknown): Fault | undefined => {
    const message = parseMessage(name, value)
    if (!message.ok) return { code: 'InvalidParameters', message: message.fault }
    const sentence = refusal(job.state, name)
    return sentence === undefined ? undefined : { code: 'InvalidJobStatusForCurrentOperation', message: sentence }
  }
  setHandler(
    defineUpdate<MessageAnswer, [unknown]>(name),
    (value) => handle(parseMessage(name, value) as Accepted),
    {
      validator: (value) => {
        const fault = refuse(value)
        if (fault !== undefined) throw ApplicationFailure.create({ message: fault.message, type: fault.code, nonRetryable: true })
      },
    },
  )
  setHandler(defineSignal<[unknown]>(name), (value) => {
    const fault = refuse(value)
    if (fault === undefined) handle(parseMessage(name, value) as Accepted)
    else job.note(`Signal ${name} was ignored: ${fault.message}`)
  })
}

function stop(job: Job, by: string): string {
  const { state, options } = job
  if (state.wanted === 'stop') return state.stopped ? 'The job is stopped already.' : 'The job is stopping already.'
  if (state.phase === 'reporting' && options.type === 'full') return 'The report is being written: the run ends with it.'
  state.wanted = 'stop'
  job.record(by, 'stop')
  job.note(`Stopped by ${by}.`)
  job.cut()
  return 'The job stops: what is in flight ends at the next piece.'
}

function resetFlow(job: Job, limits: Accepted): string {
  job.state.flow = nextFlow(job.state.flow, limits, Date.now())
  job.record(limits.by, `flow ${job.state.flow.version}`)
  return `Flow control ${job.state.flow.version} is set: every worker keeps to it within 5 s.`
}

function change(job: Job, { by, change: asked }: Accepted): string {
  const { state } = job
  state.changed = { ...state.changed, ...asked }
  state.window = asked.window ?? state.window
  job.record(by, describeChange(asked))
  if (needsCut(asked)) job.cut()
  return effectOf(asked, state.run.listingDone)
}

function start(job: Job, by: string): string {
  const { state } = job
  if (state.wanted === 'run' && state.blocked === null) return 'The job is running already.'
  job.nudged = true
  job.record(by, 'start')
  if (state.wanted === 'stop') job.note(`Started by ${by}.`)
  state.wanted = 'run'
  return 'The job goes on.'
}
