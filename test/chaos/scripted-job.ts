/** The job that is broken off at every step: a dozen objects, one of them in three parts and one that fails at first. */
import { metadataKinds } from '../e2e/files.ts'
import { optionsOf } from '../e2e/tranship.ts'
import { openStorage, type ResolvedAddress } from '../../storage/open.ts'
import type { Metadata } from '../../storage/storage.ts'
import type { JobOptions } from '../../model/job.ts'
import { someBytes } from '../copy/support.ts'

const partBytes = 8 * 1024 ** 2

export interface ScriptedObject {
  readonly key: string
  readonly bytes: Buffer
  readonly metadata: Metadata
}

const keyOf = (i: number): string => `data/${String(i).padStart(2, '0')}${i === large ? ' of parts' : ''}.bin`
const large = 2
export const largeKey = keyOf(large)
/** Held while the job is told to stop, as the last part of the large one is: both batches in flight are cut. */
export const heldKey = keyOf(6)
/** May not be written until the retry. */
export const deniedKey = keyOf(9)

export const objects: readonly ScriptedObject[] = Array.from({ length: 12 }, (_, i) => ({
  key: keyOf(i),
  bytes: someBytes(i === large ? 2 * partBytes + 4_321 : 100 + 700 * i, i + 1),
  metadata: metadataKinds[i % metadataKinds.length] ?? { user: {} },
}))
export const keys: readonly string[] = objects.map(({ key }) => key)
/** What is sent when nothing goes wrong: each object once, the denied one in both runs. */
export const objectBytes = [...objects, ...objects.filter(({ key }) => key === deniedKey)].reduce((sum, { bytes }) => sum + bytes.length, 0)

/** What a job file would say beside the names. */
export const jobFile = { serverCopy: false, tuning: { batchFiles: 4, heartbeatTimeout: '2s' } } as const

export const scriptedOptions = (job: string): JobOptions =>
  optionsOf({ job, source: 'photos', destination: 'archive', serverCopy: false, tuning: { batchFiles: 4, heartbeatTimeoutMs: 2_000 } })

export async function putObjects(address: Readonly<Record<string, unknown>>): Promise<void> {
  const storage = await openStorage(address as unknown as ResolvedAddress)
  for (const { key, bytes, metadata } of objects) await storage.put(key, [bytes], { metadata })
  await storage.close()
}

export async function removeObjects(address: Readonly<Record<string, unknown>>): Promise<void> {
  const storage = await openStorage(address as unknown as ResolvedAddress)
  for (let page = await storage.list(); page.entries.length > 0; page = await storage.list()) {
    await Promise.all(page.entries.map(({ key }) => storage.delete(key)))
  }
  await storage.close()
}
