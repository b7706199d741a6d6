/** Lists one address to its end, and says how many files there were and the most memory that took. Told its address in ADDRESS. */
import { openStorage, type ResolvedAddress } from '../../storage/open.ts'

const storage = await openStorage(JSON.parse(process.env['ADDRESS'] ?? '') as ResolvedAddress)
let files = 0
let cursor: string | undefined
do {
  const page = await storage.list(cursor === undefined ? {} : { cursor })
  files += page.entries.filter(({ unseen, fault }) => !unseen && fault === undefined).length
  cursor = page.next
} while (cursor !== undefined)
await storage.close()
process.stdout.write(JSON.stringify({ files, peakBytes: process.resourceUsage().maxRSS * 1024 }))
