/** Shows a followed job: one line that is redrawn on a terminal, a line now and then elsewhere. */
import {
  addSample,
  averageCostPerSecond,
  bar,
  doneOf,
  extentOf,
  fractionDone,
  secondsLeft,
  speedOf,
  type Sample,
} from '../model/progress.ts'
import { slowedText, type JobView } from '../model/status.ts'
import { formatSize } from '../model/size.ts'
import { formatDuration } from '../model/time.ts'
import { count } from './show.ts'
import type { Shell } from './shell.ts'

export interface Progress {
  update(view: JobView): void
  /** Prints a sentence without tearing the line. */
  note(sentence: string): void
  /** Leaves the line as it is and ends it. */
  end(): void
}

export const lineEveryMs = 30_000

export function createProgress({ stderr }: Pick<Shell, 'stderr'>, now: () => number = Date.now): Progress {
  return stderr.isTTY ? onTerminal(stderr, now) : asLines(stderr, now)
}

function onTerminal(stderr: Shell['stderr'], now: () => number): Progress {
  const line = createLine()
  let shown = ''
  const clear = '\r\u001b[K'
  return {
    update(view) {
      shown = line(view, now(), (stderr.columns ?? 80) - 1)
      stderr.write(`${clear}${shown}`)
    },
    note: (sentence) => void stderr.write(`${clear}${sentence}\n${shown}`),
    end: () => void stderr.write(shown === '' ? '' : '\n'),
  }
}

function asLines(stderr: Shell['stderr'], now: () => number): Progress {
  const line = createLine()
  let last = { at: -Infinity, key: '' }
  return {
    update(view) {
      const text = line(view, now())
      const key = `${view.status} ${view.phase === 'blocked'} ${view.run}`
      if (key === last.key && now() - last.at < lineEveryMs) return
      last = { at: now(), key }
      stderr.write(`${text}\n`)
    },
    note: (sentence) => void stderr.write(`${sentence}\n`),
    end: () => undefined,
  }
}

/** Keeps samples of one run for its speed. With `columns` a bar is drawn and the line cut to fit. */
function createLine(): (view: JobView, nowMs: number, columns?: number) => string {
  let samples: readonly Sample[] = []
  let run = 0
  return (view, nowMs, columns) => {
    if (view.run !== run) [samples, run] = [[], view.run]
    samples = addSample(samples, { atMs: nowMs, done: doneOf(view) })
    const parts = partsOf(view, samples, nowMs)
    if (columns === undefined) return [`${view.job}: ${wordOf(view)}`, ...parts].join(', ')
    const fraction = fractionOf(view)
    const state = fraction === undefined ? wordOf(view) : `${percent(fraction)} ${wordOf(view)}`
    const drawn = `${view.job} ${bar(fraction, columns >= 100 ? 24 : 12)} ${state}`
    return fit([drawn, ...parts], columns)
  }
}

function partsOf(view: JobView, samples: readonly Sample[], nowMs: number): string[] {
  const { listed, failed, status } = view
  const done = doneOf(view)
  const more = listed.complete ? '' : '+'
  const speed = speedOf(samples)
  const rate = view.flow.bytesPerSecond || (speed?.bytesPerSecond ?? 0)
  const cost = speed?.costPerSecond || averageCostPerSecond(done, nowMs - Date.parse(view.startedAt))
  const left = status === 'Migrating' ? secondsLeft(extentOf({ listed, expected: null }), done, cost) : null
  return [
    `${count(done.files)}/${count(listed.files)}${more} files`,
    `${formatSize(done.bytes)}/${formatSize(listed.bytes)}${more}`,
    ...(status === 'Migrating' && rate > 0 ? [`${formatSize(rate)}/s`] : []),
    ...(left === null || left === 0 || view.phase === 'reporting' ? [] : [`${formatDuration(left)} left`]),
    ...[slowedText(view.slowedBy)].filter((text) => text !== undefined),
    ...(failed.files > 0 ? [`${count(failed.files)} failed`] : []),
  ]
}

const wordOf = ({ status, phase, reason }: JobView): string =>
  status !== 'Migrating' ? status : phase === 'blocked' && reason ? `blocked: ${reason.code}` : phase

function fractionOf(view: JobView): number | undefined {
  return fractionDone(extentOf({ listed: view.listed, expected: null }), doneOf(view))
}

const percent = (fraction: number): string => `${String(Math.floor(fraction * 100)).padStart(3)}%`

/** As many parts, from the left, as fit into the columns. */
function fit(parts: readonly string[], columns: number): string {
  const kept = parts.reduce((line, part) => (line.length + part.length + 2 <= columns ? `${line}  ${part}` : line))
  return kept.length > columns ? kept.slice(0, columns) : kept
}
