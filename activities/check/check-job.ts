/** Everything that must hold before a job may begin: both addresses, that they do not overlap, and that its name is free. */
import { Context } from '@temporalio/activity'
import { addressFault } from '../../storage/address-fault.ts'
import type { Role } from '../../model/address.ts'
import type { CheckInput, CheckResult } from '../../model/batch.ts'
import type { Fault } from '../../model/codes.ts'
import { checkBeatMs } from '../../model/heartbeat.ts'
import { keyThrough, overlaps } from '../../model/place.ts'
import { readJobFile } from '../../report/read-report.ts'
import { isStorageError } from '../../storage/error.ts'
import type { CallOptions, Storage } from '../../storage/storage.ts'
import { beating } from '../beating.ts'
import type { Dependencies } from '../dependencies.ts'
import { faultOf } from '../fault.ts'
import { canaryOf, type Canary } from './canary.ts'
import { checkDestination, checkSource, putCanary } from './check-address.ts'
import { clearLeftovers } from './clear-leftovers.ts'

const refused = (fault: Fault): CheckResult => ({ fault, latestRun: 0, proven: [], warnings: [] })

export const createCheckJob = ({ storages }: Dependencies) =>
  async function checkJobActivity(input: CheckInput): Promise<CheckResult> {
    const canary = canaryOf(Context.current().info)
    return await beating(checkBeatMs, () => undefined, async ({ cut: signal }) => await check(storages, input, canary, { signal }))
  }

async function check(storages: Dependencies['storages'], input: CheckInput, canary: Canary, call: CallOptions): Promise<CheckResult> {
  const { options } = input
  if (options.source === options.destination) {
    return refused({ code: 'DuplicateSourceDestination', message: 'Source and destination are the same address: name another destination.' })
  }
  const source = await opened('source', () => storages.source(options))
  if ('fault' in source) return refused(source.fault)
  const destination = await opened('destination', () => storages.destination(options))
  if ('fault' in destination) return refused(destination.fault)
  if (overlaps(source.storage.info, destination.storage.info)) return refused(overlapFault)

  const sourceCheck = await checkSource(source.storage, call)
  if (sourceCheck.fault !== null) return refused(sourceCheck.fault)
  const destinationCheck = await checkDestination(destination.storage, call, canary)
  if (destinationCheck.fault !== null) return refused(destinationCheck.fault)
  if (await isSeenThrough(destination.storage, source.storage, canary, call)) return refused(overlapFault)

  const latestRun = (await readJobFile(destination.storage, options.job, call))?.runs.at(-1)?.run ?? 0
  if (latestRun > 0 && !input.again) return refused(nameTaken(options.job))
  await clearLeftovers(await storages.ledger(options), destination.storage, options.job, input.epoch, call)
  return { fault: null, latestRun, proven: destinationCheck.proven, warnings: warningsOf(destinationCheck.proven) }
}

const overlapFault: Fault = {
  code: 'SourceDestinationShouldNotSame',
  message: 'Source and destination are the same place or one lies within the other: choose a destination outside the source.',
}

const nameTaken = (job: string): Fault => ({
  code: 'JobAlreadyExist',
  message: `The destination holds reports of a job "${job}": choose another name, or go on after its last run with --again.`,
})

const warningsOf = (proven: readonly string[]): string[] =>
  proven.length > 0 ? [] : ['The destination does not check hashes that are sent along: files count as verified only where it states its own.']

type Opened = { readonly storage: Storage } | { readonly fault: Fault }

export async function opened(role: Role, open: () => Promise<Storage>): Promise<Opened> {
  try {
    return { storage: await open() }
  } catch (error) {
    const fault = isStorageError(error) ? addressFault(error, role) : faultOf(error)
    if (fault === undefined) throw error
    return { fault }
  }
}

/** Two addresses may be one place under two names: an object written through one is then seen through the other. */
async function isSeenThrough(destination: Storage, source: Storage, { key }: Canary, call: CallOptions): Promise<boolean> {
  const seenAs = keyThrough(destination.info, source.info, key)
  if (seenAs === undefined) return false
  await putCanary(destination, key, {}, call)
  try {
    await source.head(seenAs, call)
    return true
  } catch {
    return false
  } finally {
    await destination.delete(key, call)
  }
}
