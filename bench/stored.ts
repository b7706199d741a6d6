/** What an end holds that has no folder on this machine: looked at and emptied through its storage. */
import { eachOf } from '../model/each-of.ts'
import { reportFolder } from '../model/report-row.ts'
import { openStorage, type ResolvedAddress } from '../storage/open.ts'
import type { Storage } from '../storage/storage.ts'
import type { End } from './place.ts'

/** Azurite answers none within its time where more are under way and thousands of blobs are there. */
const deletesAtOnce = 16

export async function withStorage<T>({ place }: End, use: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openStorage(place as unknown as ResolvedAddress)
  try {
    return await use(storage)
  } finally {
    await storage.close()
  }
}

export async function emptyStore(end: End): Promise<void> {
  await withStorage(end, async (storage) => {
    await eachOf(await keysOf(storage), deletesAtOnce, (key) => storage.delete(key))
  })
}

/** Without those of reports. */
export async function countStored(end: End): Promise<number> {
  const keys = await withStorage(end, keysOf)
  return keys.filter((key) => !key.startsWith(reportFolder)).length
}

async function keysOf(storage: Storage): Promise<string[]> {
  const keys: string[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list(cursor === undefined ? {} : { cursor })
    keys.push(...page.entries.map(({ key }) => key))
    cursor = page.next
  } while (cursor !== undefined)
  return keys
}
