/** What must hold once the job is over, whatever was killed meanwhile. Read with Alibaba's own client and another CSV reader. */
import { isDeepStrictEqual } from 'node:util'
import type { JobView } from '../../model/status.ts'
import { readAllOss, type FoundInOss } from '../e2e/oss-bucket.ts'
import { accountsFor, leftOvers, listsOf, reportFolder, type Lists } from '../e2e/report-lists.ts'
import type { Lane } from './lane.ts'
import { openUploads } from './oss-uploads.ts'
import { deniedKey, keys } from './scripted-job.ts'

type Found = ReadonlyMap<string, FoundInOss>

/** Sentences; none: all is well. */
export async function faultsOf({ store }: Lane, job: string, view: JobView): Promise<string[]> {
  const [source, there] = await Promise.all([readAllOss(store.client('photos')), readAllOss(store.client('archive'))])
  const uploads = await openUploads(store.client('archive'))
  const left = leftOvers(there)
  return [
    ...objectFaults(source, there),
    ...strangers(there, job).map((key) => `${key} is at the destination and not of the job`),
    ...left.map((key) => `${key} is left over`),
    ...uploads.map((key) => `an upload of ${key} is left open`),
    ...listFaults(there, job),
    ...recordFaults(there, job),
    ...(view.completed.files + view.skipped.files === 1 && view.failed.files === 0 ? [] : [`the job says ${JSON.stringify({ completed: view.completed, skipped: view.skipped, failed: view.failed })}`]),
  ]
}

function objectFaults(source: Found, there: Found): string[] {
  return keys.flatMap((key) => {
    const [from, to] = [source.get(key), there.get(key)]
    if (from === undefined || to === undefined) return [`${key} is missing`]
    if (!from.bytes.equals(to.bytes)) return [`${key} has other bytes`]
    return isDeepStrictEqual(from.metadata, to.metadata) ? [] : [`${key} has other metadata: ${JSON.stringify(to.metadata)}`]
  })
}

function strangers(there: Found, job: string): string[] {
  const ours = [...keys, `${reportFolder}${job}_job.json`]
  const isList = (key: string): boolean => new RegExp(`^${reportFolder}${job}@[12]_(total|completed|skipped|error)_list$`).test(key)
  return [...there.keys()].filter((key) => !ours.includes(key) && !isList(key) && leftOvers(new Map([[key, 0]])).length === 0)
}

/** total = completed + skipped + failed, no key in two lists, and each in the list where it belongs. */
function listFaults(there: Found, job: string): string[] {
  const [first, second] = [listsOf(there, job, 1), listsOf(there, job, 2)]
  return [
    ...(accountsFor(first, keys) ? [] : ['the lists of run 1 do not account for each file once']),
    ...(accountsFor(second, [deniedKey]) ? [] : ['the lists of run 2 do not account for the file that failed']),
    ...(isSame(first.error, [deniedKey]) ? [] : [`run 1 failed ${JSON.stringify(first.error)}`]),
    ...(second.error.length === 0 ? [] : [`run 2 failed ${JSON.stringify(second.error)}`]),
    // A retry looks at its files when it copies them: one that a dead worker had brought is found to be the same by the next.
    ...[...first.skipped, ...second.skipped.filter(({ reason }) => reason !== 'same')].map((row) => `${row.file_name} is listed as skipped: ${row.reason}`),
    ...first.completed.filter(({ file_name: key, crc64 }) => there.get(key)?.crc64 !== crc64).map((row) => `${row.file_name} has another CRC-64 than the list says`),
  ]
}

const isSame = (rows: Lists['error'] | Lists['completed'], wanted: readonly string[]): boolean =>
  isDeepStrictEqual(rows.map((row) => row.file_name), wanted)

interface Tally {
  readonly files: number
  readonly bytes: number
}
interface Run {
  readonly run: number
  readonly total: Tally
  readonly completed: Tally
  readonly skipped: Tally
  readonly failed: Tally
}

function recordFaults(there: Found, job: string): string[] {
  const { runs } = JSON.parse(String(there.get(`${reportFolder}${job}_job.json`)?.bytes)) as { readonly runs: readonly Run[] }
  const wrong = runs.filter(({ total, completed, skipped, failed }) => total.files !== completed.files + skipped.files + failed.files || total.bytes !== completed.bytes + skipped.bytes + failed.bytes)
  return [
    ...(isDeepStrictEqual(runs.map(({ run, total }) => [run, total.files]), [[1, keys.length], [2, 1]]) ? [] : [`job.json tells of ${JSON.stringify(runs)}`]),
    ...wrong.map((run) => `the counts of run ${run.run} do not add up: ${JSON.stringify(run)}`),
  ]
}
