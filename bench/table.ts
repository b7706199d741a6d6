/** The results of one workload as a table of Markdown. Pure. */
import { median, spread } from './statistics.ts'
import type { Sample, Tool } from './tool.ts'
import { isLarge, type Workload } from './workloads.ts'

export interface Result {
  readonly tool: Pick<Tool, 'name' | 'kind'>
  readonly samples: readonly Sample[]
}

const MiB = 1024 ** 2
const of = (samples: readonly Sample[], pick: (sample: Sample) => number): number => median(samples.map(pick))

/** Rates and CPU with their ratios to the best peer of the same run, each by its own measure; seconds where nothing is moved. */
export function toTable(workload: Workload, results: readonly Result[]): string {
  const unit = unitOf(workload)
  const peers = results.filter(({ tool }) => tool.kind === 'peer')
  const best = {
    rate: Math.max(...peers.map(({ samples }) => rateOf(samples, unit))),
    cpu: Math.min(...peers.map(({ samples }) => cpuOf(samples, unit))),
  }
  const head = ['tool', unit.rate, '× best', `CPU ms/${unit.one}`, '× best', 'seconds', 'peak MiB', 'spread', 'Temporal CPU s', 'events per 1,000']
  const rows = results.map(({ tool, samples }) => {
    const [rate, cpu] = [rateOf(samples, unit), cpuOf(samples, unit)]
    const whole = [of(samples, ({ seconds }) => seconds).toFixed(2), String(Math.round(of(samples, ({ peakBytes }) => peakBytes) / MiB)), percent(spread(samples.map(({ seconds }) => seconds)))]
    return [tool.name, Math.round(rate).toLocaleString('en'), ratio(rate / best.rate), cpu.toFixed(3), ratio(cpu / best.cpu), ...whole, ...temporal(samples, workload)]
  })
  return [`### ${workload.title}`, '', row(head), row(head.map(() => '---')), ...rows.map(row), ''].join('\n')
}

interface Unit {
  readonly one: string
  readonly rate: string
  readonly count: number
}

function unitOf(workload: Workload): Unit {
  const { files, bytes = 0 } = workload
  return isLarge(workload) ? { one: 'MiB', rate: 'MiB/s', count: (files * bytes) / MiB } : { one: 'object', rate: 'objects/s', count: files }
}

const rateOf = (samples: readonly Sample[], { count }: Unit): number => count / of(samples, ({ seconds }) => seconds)
const cpuOf = (samples: readonly Sample[], { count }: Unit): number => (of(samples, ({ cpuSeconds }) => cpuSeconds) * 1_000) / count

function temporal(samples: readonly Sample[], { files }: Workload): string[] {
  if (samples.some(({ events }) => events === undefined)) return ['', '']
  return [of(samples, ({ temporalCpuSeconds = 0 }) => temporalCpuSeconds).toFixed(2), String(Math.round((of(samples, ({ events = 0 }) => events) * 1_000) / files))]
}

const ratio = (value: number): string => (Number.isFinite(value) && value > 0 ? value.toFixed(2) : '')
const percent = (value: number): string => `${Math.round(value * 100)} %`
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
