/** The shape of a ledger file: lines of JSON, the first of them its header. Pure. */
import type { LedgerHeader } from './entry.ts'

const newline = 0x0a

export function encodeRows(rows: readonly unknown[]): Uint8Array {
  let text = ''
  for (const row of rows) text += `${JSON.stringify(row)}\n`
  return Buffer.from(text)
}

/** A lasting copy of a transient chunk. */
export const encodeBytes = (chunk: Uint8Array): Uint8Array => Buffer.from(chunk)

export function splitRows<Row>(bytes: Uint8Array): Row[] {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row)
}

/** What follows the header line. Throws when the header is not the one expected. */
export function splitHeader(bytes: Uint8Array, expected: LedgerHeader): Uint8Array {
  const end = bytes.indexOf(newline)
  const found = end < 0 ? undefined : readHeader(bytes.subarray(0, end))
  const fields = ['job', 'epoch', 'run', 'file'] as const
  if (!found || fields.some((field) => found[field] !== expected[field])) {
    throw new Error(`Ledger file ${expected.file} of run ${expected.run} of job ${expected.job} belongs to something else`)
  }
  return bytes.subarray(end + 1)
}

function readHeader(line: Uint8Array): Partial<LedgerHeader> | undefined {
  try {
    return splitRows<Partial<LedgerHeader> | null>(line)[0] ?? undefined
  } catch {
    return undefined
  }
}
