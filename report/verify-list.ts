/** `<job>@<run>_verify_list`: what differs, put together of what each turn of a verification found. */
import { eachOf } from '../model/each-of.ts'
import { listFileName, reportFolder } from '../model/report-row.ts'
import { verifyColumns, verifyFolderOf, type Difference } from '../model/verify.ts'
import { retrying } from '../storage/retrying.ts'
import type { CallOptions, Storage } from '../storage/storage.ts'
import type { CompletedRow } from './completed-rows.ts'
import { toCsv } from './csv.ts'
import { putStream } from './put-stream.ts'

export interface DifferingRow extends CompletedRow {
  readonly found: Difference
  readonly description: string
}

const metadata = { contentType: 'text/csv; charset=utf-8', user: {} }
const partName = (job: string, lane: number, turn: number): string => `${verifyFolderOf(job)}${lane}-${String(turn).padStart(7, '0')}`

/** A turn that is taken again replaces what it had written. */
export async function writeTurn(storage: Storage, job: string, { lane, turn }: { lane: number; turn: number }, rows: readonly DifferingRow[], { signal }: CallOptions): Promise<void> {
  if (rows.length === 0) return
  const body = [toCsv(rows.map(({ key, size, crc64, found, description }) => [key, String(size), crc64, found, description]))]
  await retrying(() => storage.put(partName(job, lane, turn), body, { metadata, signal }), { signal })
}

/** The list, also where nothing differs: then it has no row. */
export async function putTogether(storage: Storage, job: string, run: number, { signal }: CallOptions): Promise<void> {
  const parts = await partsOf(storage, job, { signal })
  const header = toCsv([verifyColumns])
  const size = parts.reduce((sum, part) => sum + part.size, header.length)
  await putStream(storage, reportFolder + listFileName(job, run, 'verify_list'), bytesOf(storage, header, parts, { signal }), { size, metadata, signal })
  await clearTurns(storage, job, { signal })
}

export async function clearTurns(storage: Storage, job: string, { signal }: CallOptions): Promise<void> {
  const parts = await partsOf(storage, job, { signal })
  await eachOf(parts, 16, ({ key }) => storage.delete(key, { signal }))
}

interface PartFile {
  readonly key: string
  readonly size: number
}

async function partsOf(storage: Storage, job: string, { signal }: CallOptions): Promise<PartFile[]> {
  const parts: PartFile[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list({ prefix: verifyFolderOf(job), cursor, signal })
    parts.push(...page.entries.filter(({ key }) => !key.endsWith('/')))
    cursor = page.next
  } while (cursor !== undefined)
  return parts.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

async function* bytesOf(storage: Storage, header: Buffer, parts: readonly PartFile[], { signal }: CallOptions): AsyncGenerator<Uint8Array> {
  yield header
  for (const { key } of parts) {
    yield await retrying(async () => {
      const chunks: Buffer[] = []
      await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), { signal })
      return Buffer.concat(chunks)
    }, { signal })
  }
}
