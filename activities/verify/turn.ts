/** One turn of a lane of a verification: the next files of the completed lists, until it is over. */
import { checkFile, checkLargeFile, isLarge, isVerdict, type Begun, type CheckTask, type Verdict } from '../../copy/check-file.ts'
import { eachOf } from '../../model/each-of.ts'
import { chanceOf } from '../../model/sampling.ts'
import { addVerifyCounts, noVerifyCounts, wantedOf, type VerifyCounts, type VerifyPosition, type VerifyTurn, type VerifyTurnInput } from '../../model/verify.ts'
import { completedPages, completedVolumes, type CompletedRow, type RowPage, type Volume } from '../../report/completed-rows.ts'
import { readJobFile } from '../../report/read-report.ts'
import { writeTurn } from '../../report/verify-list.ts'
import { withoutSuperseded, type Differing } from './superseded.ts'

const filesAtOnce = 32
/** What differs is held until the turn ends. */
const mostDifferingRows = 20_000

/** `isOver`: no file may begin any more. */
export async function takeTurn(task: CheckTask, input: VerifyTurnInput, isOver: () => boolean): Promise<VerifyTurn> {
  const file = await readJobFile(task.destination, input.task.job, { signal: task.signal })
  const volumes = file === undefined ? [] : completedVolumes(file).filter(({ run }) => run <= input.plan.run)
  return await new Turn(task, input, volumes, isOver).take()
}

type InPage = Pick<VerifyPosition, 'row' | 'begun'>

class Turn {
  private readonly task: CheckTask
  private readonly input: VerifyTurnInput
  private readonly volumes: readonly Volume[]
  private readonly isOver: () => boolean
  private readonly differing: Differing[] = []
  private counts: VerifyCounts = noVerifyCounts

  constructor(task: CheckTask, input: VerifyTurnInput, volumes: readonly Volume[], isOver: () => boolean) {
    this.task = task
    this.input = input
    this.volumes = volumes
    this.isOver = isOver
  }

  async take(): Promise<VerifyTurn> {
    const next = await this.checkPages()
    const { task: { job }, lane, turn } = this.input
    const { destination, signal } = this.task
    const { rows, superseded } = await withoutSuperseded(this.differing, { storage: destination, job, volumes: this.volumes, signal })
    for (const { found } of rows) this.count({ [found]: 1, checked: 1 })
    this.count({ superseded })
    await writeTurn(destination, job, { lane, turn }, rows, { signal })
    return { next, counts: this.counts }
  }

  private readonly stopped = (): boolean => this.isOver() || this.differing.length >= mostDifferingRows

  /** Where the next turn goes on; null at the end. */
  private async checkPages(): Promise<VerifyPosition | null> {
    const { task: { job }, from } = this.input
    const { destination: storage, signal } = this.task
    for await (const page of completedPages({ storage, job, volumes: this.volumes, signal, ...(from && { from }) })) {
      const isFirst = from !== undefined && page.run === from.run && page.volume === from.volume && page.offset === from.offset
      const begin = isFirst ? from : { row: 0 }
      const rest = this.stopped() ? begin : await this.checkPage(page, begin)
      if (rest !== undefined) return { ...rest, run: page.run, volume: page.volume, offset: page.offset }
    }
    return null
  }

  /** What is left of the page; undefined: nothing. */
  private async checkPage({ run, rows }: RowPage, from: InPage): Promise<InPage | undefined> {
    let { row, begun }: { row: number; begun?: Begun | undefined } = from
    while (row < rows.length) {
      const large = rows.findIndex((one, i) => i >= row && isLarge(this.task, one) && this.isMine(one))
      const end = large < 0 ? rows.length : large
      row += await this.checkSmall(run, rows.slice(row, end))
      if (row < end) return { row }
      const file = rows[row]
      if (file === undefined) return undefined
      const result = await checkLargeFile(this.task, file, this.stopped, begun)
      if (!isVerdict(result)) return { row, begun: result }
      this.settle(run, file, result)
      begun = undefined
      row += 1
    }
    return undefined
  }

  /** How many of them are done, in their order. */
  private async checkSmall(run: number, rows: readonly CompletedRow[]): Promise<number> {
    let done = rows.length
    await eachOf(rows.entries(), filesAtOnce, async ([i, file]) => {
      if (i >= done || !this.isMine(file)) return
      if (this.stopped()) done = Math.min(done, i)
      else this.settle(run, file, await checkFile(this.task, file))
    })
    return done
  }

  private isMine({ key }: CompletedRow): boolean {
    const { task, plan, seed, lane, lanes } = this.input
    const isChosen = wantedOf(task, plan) === plan.files || chanceOf(key, seed) < wantedOf(task, plan) / plan.files
    return isChosen && Math.floor(chanceOf(key, ~seed) * lanes) === lane
  }

  private settle(run: number, file: CompletedRow, verdict: Verdict): void {
    if (verdict.kind === 'equal') this.count({ checked: 1, equal: 1, bytes: verdict.bytes, sizeOnly: verdict.sizeOnly ? 1 : 0 })
    else this.differing.push({ run, row: { ...file, found: verdict.kind, description: verdict.description } })
  }

  private count(more: Partial<VerifyCounts>): void {
    this.counts = addVerifyCounts(this.counts, { ...noVerifyCounts, ...more })
  }
}
