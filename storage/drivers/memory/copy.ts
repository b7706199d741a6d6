import type { CopySource, GetOptions, Part, PutOptions, PutResult, UploadRef } from '../../storage.ts'
import type { MemoryBucket } from './bucket.ts'
import { putPart } from './multipart.ts'
import { readable, slice } from './read.ts'
import { memoryStore } from './store.ts'
import { putObject } from './write.ts'

export async function copyObject(bucket: MemoryBucket, source: CopySource, key: string, options: PutOptions): Promise<PutResult> {
  return await putObject(bucket, key, [bytesOf(bucket, source)], options)
}

export async function copyPart(
  bucket: MemoryBucket, upload: UploadRef, number: number, source: CopySource, range: NonNullable<GetOptions['range']>,
): Promise<Part> {
  return await putPart(bucket, upload, number, [slice(bytesOf(bucket, source), range)])
}

function bytesOf(bucket: MemoryBucket, { info, key, ifMatch }: CopySource): Uint8Array {
  return readable({ ...bucket, store: memoryStore(info.bucket) }, info.prefix + key, ifMatch).bytes
}
