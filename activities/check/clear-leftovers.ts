/** What an earlier job of this name left when it was terminated: its ledger, and the uploads noted there. */
import type { OpenUpload } from '../../ledger/entry.ts'
import { ledgerFolder } from '../../model/report-row.ts'
import type { CallOptions, Storage } from '../../storage/storage.ts'

export async function clearLeftovers(ledger: Storage, destination: Storage, job: string, epoch: string, call: CallOptions): Promise<void> {
  const folder = `${ledgerFolder}${job}/`
  let cursor: string | undefined
  do {
    const page = await ledger.list({ ...call, prefix: folder, ...(cursor !== undefined && { cursor }) })
    for (const { key } of page.entries) {
      if (key.startsWith(`${folder}${epoch}/`)) continue
      await abortNoted(ledger, destination, key, call)
      await ledger.delete(key, call)
    }
    cursor = page.next
  } while (cursor !== undefined)
}

async function abortNoted(ledger: Storage, destination: Storage, key: string, call: CallOptions): Promise<void> {
  if (key.endsWith('.list') || !destination.multipart) return
  const chunks: Buffer[] = []
  await ledger.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), call)
  for (const line of Buffer.concat(chunks).toString('utf8').split('\n')) {
    if (!line.startsWith('{"upload":')) continue
    const { upload } = JSON.parse(line) as { upload: OpenUpload }
    await destination.multipart.abort(upload.upload, call)
  }
}
