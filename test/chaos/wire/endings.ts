/** What became of a file under each fault, and the table of it that is printed. */
import type { BatchResult } from '../../../copy/copy-batch.ts'

export function endedAs({ blocked, failures, done }: BatchResult): string {
  if (blocked) return `blocked ${blocked.code}`
  return Object.keys(failures)[0] ?? (done ? 'fine' : 'cut')
}

export class EndingsTable {
  readonly #columns: readonly string[]
  readonly #rows = new Map<string, Map<string, string>>()

  constructor(columns: readonly string[]) {
    this.#columns = columns
  }

  note(row: string, column: string, ending: string): void {
    this.#rows.set(row, (this.#rows.get(row) ?? new Map<string, string>()).set(column, ending))
  }

  toString(): string {
    const width = Math.max(0, ...[...this.#rows.keys()].map(({ length }) => length))
    const line = (name: string, cells: readonly string[]) => `${name.padEnd(width)}  ${cells.map((cell) => cell.padEnd(33)).join('')}`.trimEnd()
    const rows = [...this.#rows].map(([name, endings]) => line(name, this.#columns.map((column) => endings.get(column) ?? '–')))
    return [line('', this.#columns), ...rows].join('\n')
  }
}
