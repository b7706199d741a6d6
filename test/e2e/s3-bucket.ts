/** A bucket as the vendor's own client writes and reads it: the independent judge of what tranship did. */
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import type { Metadata } from '../../storage/storage.ts'
import type { TestFile } from './files.ts'

const atOnce = 32

/** Header values travel as latin1: the UTF-8 bytes of a text, one character each. */
const toHeader = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
export const fromHeader = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')
const mapValues = (values: Readonly<Record<string, string>>, map: (value: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))

export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(Array.from({ length: atOnce }, async () => { for (const item of left) await work(item) }))
}

export async function putFiles(client: S3Client, bucket: string, files: readonly TestFile[]): Promise<void> {
  await eachOf(files, async ({ key, bytes, metadata: m }) => {
    await client.send(new PutObjectCommand({
      Bucket: bucket, Key: key, Body: bytes, ContentType: m.contentType, CacheControl: m.cacheControl, ContentEncoding: m.contentEncoding,
      ContentDisposition: m.contentDisposition, ContentLanguage: m.contentLanguage, ...(m.expires && { Expires: new Date(m.expires) }),
      Metadata: mapValues(m.user, toHeader),
    }))
  })
}

export interface Found {
  readonly bytes: Buffer
  readonly metadata: Metadata
}

export async function readAll(client: S3Client, bucket: string): Promise<Map<string, Found>> {
  const keys: string[] = []
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) keys.push(...(page.Contents ?? []).map(({ Key }) => Key as string))
  const found = new Map<string, Found>()
  await eachOf(keys, async (key) => {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? [])
    const headers = {
      contentType: object.ContentType, cacheControl: object.CacheControl, contentEncoding: object.ContentEncoding,
      contentDisposition: object.ContentDisposition, contentLanguage: object.ContentLanguage, expires: object.ExpiresString,
    }
    const kept = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined && value !== ''))
    found.set(key, { bytes, metadata: { ...kept, user: mapValues(object.Metadata ?? {}, fromHeader) } })
  })
  return found
}
