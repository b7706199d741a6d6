/** What the ledger keeps at a moment, read as it lies at the destination. */
import { reportFolder } from '../e2e/report-lists.ts'
import { readAllOss } from '../e2e/oss-bucket.ts'
import type { LoggedRequest } from '../servers/stores/request-log.ts'
import type { Lane } from './lane.ts'
import { deniedKey } from './scripted-job.ts'

export interface Kept {
  /** Bytes that were sent and are not kept: what a crash at this moment may cost. */
  readonly atRisk: number
}

interface Row {
  readonly outcome?: { readonly key: string }
  readonly upload?: { readonly key: string; readonly parts: readonly { readonly number: number }[] }
}

export async function keptSoFar({ store }: Lane): Promise<Kept> {
  const log = await store.log()
  const found = await readAllOss(store.client('archive'))
  const files = [...found].filter(([key]) => /\.ledger\/.*\/0-\d+\.\d+\.\d+$/.test(key)).map(([, { bytes }]) => rowsOf(bytes))
  const settled = new Set(files.flat().flatMap(({ outcome }) => (outcome ? [outcome.key] : [])))
  const parts = new Set(files.flat().flatMap(({ upload }) => upload?.parts.map(({ number }) => `${upload.key} ${number}`) ?? []))
  const isReported = [...found.keys()].some((key) => key.startsWith(reportFolder) && key.endsWith('_job.json'))
  const isKept = ({ key = '', partNumber }: LoggedRequest): boolean =>
    settled.has(key) || (isReported && key !== deniedKey) || parts.has(`${key} ${partNumber}`)
  return { atRisk: sentBytes(log.filter((request) => isSent(request) && !isKept(request))) }
}

const rowsOf = (bytes: Buffer): Row[] => bytes.toString().split('\n').filter(Boolean).slice(1).map((line) => JSON.parse(line) as Row)

/** Bytes of the job's objects on their way to the destination, whole or as a part, whether it took them or not. */
export const isSent = ({ bucket, operation, key = '' }: LoggedRequest): boolean =>
  bucket === 'archive' && !key.startsWith(reportFolder) && (operation === 'PutObject' || operation === 'UploadPart')

export const sentBytes = (requests: readonly LoggedRequest[]): number => requests.reduce((sum, { bytes }) => sum + bytes, 0)
