/** Multipart uploads of a bucket, by Alibaba's own client. */
import type OSS from 'ali-oss'

const partBytes = 16 * 1024 ** 2

/** Keys of the uploads that are open. */
export async function openUploads(client: OSS): Promise<string[]> {
  const { uploads } = (await client.listUploads({ 'max-uploads': 1_000 }, {})) as unknown as { uploads?: { name: string }[] }
  return (uploads ?? []).map(({ name }) => name)
}

export async function putInParts(client: OSS, key: string, bytes: Buffer): Promise<void> {
  const { uploadId } = await client.initMultipartUpload(key)
  const parts: { number: number; etag: string }[] = []
  for (let at = 0; at < bytes.length; at += partBytes) {
    const number = parts.length + 1
    const part = bytes.subarray(at, at + partBytes)
    const { etag } = (await client.uploadPart(key, uploadId, number, part as never, 0, part.length)) as unknown as { etag: string }
    parts.push({ number, etag })
  }
  await client.completeMultipartUpload(key, uploadId, parts)
}
