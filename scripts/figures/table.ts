export interface Figure {
  readonly name: string
  readonly promised: string
  readonly measured: string
  readonly ok: boolean
}

export function printFigures(figures: readonly Figure[]): void {
  const rows = figures.map(({ name, promised, measured, ok }) => [name, promised, measured, ok ? 'ok' : 'BROKEN'])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const [name = '', promised = '', measured, ok] of rows) {
    process.stdout.write(`${ok?.padEnd(6)}  ${name.padEnd(widths[0] ?? 0)}  promised ${promised.padEnd(widths[1] ?? 0)}  measured ${measured}\n`)
  }
}
