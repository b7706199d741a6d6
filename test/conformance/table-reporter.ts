/** Prints, after the run, what each driver held of the conformance suite, and why it was spared the rest. */
import type { Reporter, TestCase, TestModule } from 'vitest/node'

interface Result {
  readonly vendor: string
  readonly promise: string
  readonly mark: string
  readonly note: string | undefined
}

const marks = { passed: '✓', skipped: '–', failed: '✗', pending: ' ' } as const
const title = /^conformance: (\w+)$/

function toResult(test: TestCase): Result | undefined {
  const vendor = test.parent.type === 'suite' ? title.exec(test.parent.name)?.[1] : undefined
  if (vendor === undefined) return undefined
  const result = test.result()
  if (result.state === 'skipped' && result.note === undefined) return undefined
  return { vendor, promise: test.name, mark: marks[result.state], note: result.state === 'skipped' ? result.note : undefined }
}

export function tableOf(results: readonly Result[]): string[] {
  const vendors = [...new Set(results.map(({ vendor }) => vendor))].sort()
  const promises = [...new Set(results.map(({ promise }) => promise))]
  const width = Math.max(...promises.map(({ length }) => length))
  const cell = (promise: string, vendor: string) => results.find((one) => one.promise === promise && one.vendor === vendor)?.mark ?? ' '
  const row = (first: string, cells: readonly string[]) => `${first.padEnd(width)}  ${cells.map((text, at) => text.padEnd(vendors[at]?.length ?? 0)).join('  ')}`
  return [row('', vendors), ...promises.map((promise) => row(promise, vendors.map((vendor) => cell(promise, vendor)))), '', ...reasonsOf(results)]
}

function reasonsOf(results: readonly Result[]): string[] {
  const skipped = results.flatMap(({ vendor, note, mark }) => (mark === '–' ? [`${vendor}: ${note}`] : []))
  return [...new Set(skipped)].sort().map((reason) => `– ${reason}`)
}

export class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = modules.flatMap((module) => [...module.children.allTests()].map(toResult)).filter((result) => result !== undefined)
    if (results.length > 0) console.log(`\n${tableOf(results).join('\n')}\n`)
  }
}
