/** A container as Microsoft's own client reads it: the independent judge of what tranship did. */
import type { ContainerClient } from '@azure/storage-blob'
import { eachOf, type Found } from './s3-bucket.ts'

export async function readAllAzblob(container: ContainerClient): Promise<Map<string, Found>> {
  const keys: string[] = []
  for await (const { name } of container.listBlobsFlat()) keys.push(name)
  const found = new Map<string, Found>()
  await eachOf(keys, async (key) => {
    const blob = container.getBlobClient(key)
    const { contentType, metadata = {} } = await blob.getProperties()
    found.set(key, { bytes: await blob.downloadToBuffer(), metadata: { ...(contentType && { contentType }), user: metadata } })
  })
  return found
}
