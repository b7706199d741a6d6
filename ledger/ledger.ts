/**
 * The ledger of one run: files of NDJSON below `aliyun_mgw_import_report/.ledger/<job>/<epoch>/<run>/`. Names are computed, so
 * nothing is found by listing; two attempts never share a name, and whoever reads is told by name which attempt counts. Every
 * file begins with its LedgerHeader and is refused when that differs. Writing a name again replaces the file whole.
 */
import { eachOf } from '../model/each-of.ts'
import { retrying } from '../storage/retrying.ts'
import type { FragmentRef, ListPosition, OutcomesRef, PartsRef, RunContext } from '../model/batch.ts'
import type { Tries } from '../model/tries.ts'
import { ledgerFolder } from '../model/report-row.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'
import type { BatchState, Entry, FragmentIndex, LedgerHeader, ListCursor, OpenUpload, Outcome, SourcePosition } from './entry.ts'
import { encodeBytes, encodeRows, splitHeader, splitRows } from './rows.ts'

export interface Ledger {
  readonly context: RunContext
  /** Key of the run's folder, ending in '/'. */
  readonly folder: string
  /** For an object that comes and goes, at the destination too: it is removed with the rest. */
  readonly canaryKey: string
  writeEntries(n: number, attempt: number, entries: readonly Entry[], options?: CallOptions): Promise<void>
  readEntries(n: number, listAttempt: number, options?: CallOptions): Promise<Entry[]>
  writeOutcomes(n: number, ref: OutcomesRef, state: BatchState, options?: CallOptions): Promise<void>
  readOutcomes(n: number, ref: OutcomesRef, options?: CallOptions): Promise<BatchState>
  /** As outcomes, of one range of a large file: its upload with the range's parts. */
  writeParts(n: number, ref: PartsRef, state: BatchState, options?: CallOptions): Promise<void>
  readParts(n: number, ref: PartsRef, options?: CallOptions): Promise<BatchState>
  writeCursor(call: number, attempt: number, cursor: ListCursor, options?: CallOptions): Promise<void>
  readCursor(position: ListPosition, options?: CallOptions): Promise<ListCursor>
  /** Part numbers count from 0 over all lists of a merge. */
  writeFragment(merge: number, attempt: number, part: number, bytes: Uint8Array, options?: CallOptions): Promise<void>
  readFragment(ref: FragmentRef, part: number, options?: CallOptions): Promise<Uint8Array>
  writeFragmentIndex(merge: number, attempt: number, index: FragmentIndex, options?: CallOptions): Promise<void>
  readFragmentIndex(ref: FragmentRef, options?: CallOptions): Promise<FragmentIndex>
  /** Deletes everything of this run. */
  remove(options?: CallOptions): Promise<void>
  /** The same of another storage: of the destination, where the ledger lies elsewhere. */
  removeFrom(other: Storage, options?: CallOptions): Promise<void>
}

export function openLedger(storage: Storage, context: RunContext): Ledger {
  const folder = `${ledgerFolder}${context.options.job}/${context.epoch}/${context.run}/`
  const files = ledgerFiles(storage, context, folder)
  return {
    context,
    folder,
    canaryKey: `${folder}.canary`,
    writeEntries: (n, attempt, entries, options) => files.write(entriesName(n, attempt), encodeRows(entries), options),
    readEntries: async (n, attempt, options) => splitRows<Entry>(await files.read(entriesName(n, attempt), options)),
    writeOutcomes: (n, ref, state, options) => files.write(outcomesName(n, ref), encodeRows(stateRows(state)), options),
    readOutcomes: async (n, ref, options) => toState(splitRows<StateRow>(await files.read(outcomesName(n, ref), options))),
    writeParts: (n, ref, state, options) => files.write(partsName(n, ref), encodeRows(stateRows(state)), options),
    readParts: async (n, ref, options) => toState(splitRows<StateRow>(await files.read(partsName(n, ref), options))),
    writeCursor: (call, attempt, cursor, options) => files.write(cursorName({ call, attempt }), encodeRows([cursor]), options),
    readCursor: async (position, options) => toCursor(only(splitRows<StoredCursor>(await files.read(cursorName(position), options)))),
    writeFragment: (merge, attempt, part, bytes, options) => files.write(partName({ merge, attempt }, part), bytes, options),
    readFragment: (ref, part, options) => files.read(partName(ref, part), options),
    writeFragmentIndex: (merge, attempt, index, options) => files.write(indexName({ merge, attempt }), encodeRows([index]), options),
    readFragmentIndex: async (ref, options) => only(splitRows<FragmentIndex>(await files.read(indexName(ref), options))),
    remove: (options) => removeFolder(storage, folder, options),
    removeFrom: (other, options) => removeFolder(other, folder, options),
  }
}

const entriesName = (n: number, attempt: number) => `0-${n}.${attempt}.list`
const outcomesName = (n: number, { generation, attempt }: OutcomesRef) => `0-${n}.${generation}.${attempt}`
const partsName = (n: number, { split, range, generation, attempt }: PartsRef) => `0-${n}.${split}.parts-${range}.${generation}.${attempt}`
/** An earlier version kept one position, or null at the end: a job that was stopped then goes on now. */
type StoredCursor = Pick<ListCursor, 'pending'> & { readonly from: ListCursor['from'] | SourcePosition | null }
const toCursor = ({ pending, from }: StoredCursor): ListCursor => ({ pending, from: [from ?? []].flat() })

const cursorName = ({ call, attempt }: ListPosition) => `cursor-${call}.${attempt}`
const partName = ({ merge, attempt }: Pick<FragmentRef, 'merge' | 'attempt'>, part: number) => `fragment-${merge}.${attempt}.${part}`
const indexName = ({ merge, attempt }: Pick<FragmentRef, 'merge' | 'attempt'>) => `fragment-${merge}.${attempt}.index`

interface TriesRow {
  readonly tries: readonly [key: string, failed: number, throttled?: number]
}
type StateRow =
  | { readonly outcome: Outcome }
  | { readonly upload: OpenUpload }
  | TriesRow
  | { readonly restoring: readonly [key: string, since: number] }

function stateRows({ outcomes, uploads, tries = {}, restoring = {} }: BatchState): StateRow[] {
  return [
    ...outcomes.map((outcome) => ({ outcome })),
    ...uploads.map((upload) => ({ upload })),
    ...Object.entries(tries).map(([key, { failed, throttled }]) => ({ tries: [key, failed, throttled] as const })),
    ...Object.entries(restoring).map((row) => ({ restoring: row })),
  ]
}

function toState(rows: readonly StateRow[]): BatchState {
  const restoring = rows.flatMap((row) => ('restoring' in row ? [row.restoring] : []))
  return {
    outcomes: rows.flatMap((row) => ('outcome' in row ? [row.outcome] : [])),
    uploads: rows.flatMap((row) => ('upload' in row ? [row.upload] : [])),
    tries: Object.fromEntries(rows.flatMap((row) => ('tries' in row ? [triesOf(row.tries)] : []))),
    ...(restoring.length > 0 && { restoring: Object.fromEntries(restoring) }),
  }
}

const triesOf = ([key, failed, throttled = 0]: TriesRow['tries']): [string, Tries] => [key, { failed, throttled }]

function only<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined) throw new Error('A ledger file that holds one row is empty')
  return row
}

function ledgerFiles(storage: Storage, { options: { job }, epoch, run }: RunContext, folder: string) {
  const headerOf = (file: string): LedgerHeader => ({ job, epoch, run, file })
  return {
    async write(file: string, rows: Uint8Array, { signal }: CallOptions = {}): Promise<void> {
      const body = [encodeRows([headerOf(file)]), rows].filter((bytes) => bytes.length > 0)
      const metadata = { contentType: 'application/x-ndjson', user: {} }
      await retrying(() => storage.put(folder + file, body, { metadata, signal }), { signal })
    },
    async read(file: string, { signal }: CallOptions = {}): Promise<Uint8Array> {
      const bytes = await retrying(() => readWhole(storage, folder + file, { signal }), { signal })
      return splitHeader(bytes, headerOf(file))
    },
  }
}

async function readWhole(storage: Storage, key: string, { signal }: CallOptions): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  await storage.get(key, (chunk) => void chunks.push(encodeBytes(chunk)), { signal })
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

const removeRounds = 5

/** Deleting while paging may hide keys where pages have no order: hence again, until nothing is left. */
async function removeFolder(storage: Storage, prefix: string, { signal }: CallOptions = {}): Promise<void> {
  for (let round = 1; round <= removeRounds; round++) {
    let found = 0
    for await (const keys of pagesOf(storage, prefix, { signal })) {
      found += keys.length
      await eachOf(keys, 16, (key) => storage.delete(key, { signal }))
    }
    if (found === 0) return
  }
}

async function* pagesOf(storage: Storage, prefix: string, { signal }: CallOptions): AsyncGenerator<string[]> {
  let cursor: string | undefined
  do {
    const page = await storage.list({ prefix, cursor, signal })
    yield page.entries.map(({ key }) => key)
    cursor = page.next
  } while (cursor !== undefined)
}
