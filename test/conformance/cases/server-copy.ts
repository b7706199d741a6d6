import { expect } from 'vitest'
import type { CopySource, ServerCopy } from '../../../storage/storage.ts'
import type { Bench, Check } from '../suite.ts'
import { bytesOf, expectFailure, noMetadata, put, read, readText } from '../tools.ts'

const keys = ['plain', 'a b+c%2F?&=é', 'deep/folder/name']

function serverCopy({ storage, skip }: Bench): ServerCopy {
  return storage.serverCopy ?? skip('the store copies nothing by itself')
}

const from = ({ storage: { info } }: Bench, key: string, ifMatch?: string): CopySource => ({ info, key, ...(ifMatch !== undefined && { ifMatch }) })

export function serverCopyCases(check: Check): void {
  check('server copy: reaches itself, and no other endpoint, vendor or caller', async (bench) => {
    const { reaches } = serverCopy(bench)
    const { info } = bench.storage
    expect(reaches({ ...info, bucket: 'another' })).toBe(true)
    expect(reaches({ ...info, endpoint: 'https://elsewhere.example' })).toBe(false)
    expect(reaches({ ...info, vendor: 'nas' })).toBe(false)
    expect(reaches({ ...info, caller: 'somebody else' })).toBe(false)
  })

  check('server copy: the bytes, with the metadata that is given instead of their own', async (bench) => {
    const group = serverCopy(bench)
    const { storage } = bench
    for (const key of keys) {
      await put(storage, key, `bytes of ${key}`, { metadata: { contentType: 'text/plain', user: { old: '1' } } })
      const { etag } = await storage.head(key)
      const result = await group.copy(from(bench, key, etag), `copy of ${key}`, { metadata: { contentType: 'text/css', user: { new: '2' } } })
      const { bytes, info } = await read(storage, `copy of ${key}`)
      expect(bytes.toString()).toBe(`bytes of ${key}`)
      expect(info.metadata).toMatchObject({ contentType: 'text/css', user: { new: '2' } })
      expect(info.metadata.user).not.toHaveProperty('old')
      expect(result.etag).toBe(info.etag)
    }
  })

  check('server copy: no metadata where none is given', async (bench) => {
    const group = serverCopy(bench)
    const { storage } = bench
    await put(storage, 'key', 'x', { metadata: { contentType: 'text/css', cacheControl: 'no-cache', user: { old: '1' } } })
    const { etag } = await group.copy(from(bench, 'key'), 'bare', noMetadata)
    const { metadata, etag: held } = await storage.head('bare')
    expect(metadata).toMatchObject({ user: {} })
    expect(metadata).not.toHaveProperty('cacheControl')
    expect(metadata.contentType).not.toBe('text/css')
    expect(etag).toBe(held)
  })

  check('server copy: tags that are given, none of its own', async (bench) => {
    const group = serverCopy(bench)
    const { storage, skip } = bench
    const { getTags } = storage.tagging ?? skip('tags are not kept')
    await put(storage, 'key', 'x', { tags: { old: '1' } })
    await group.copy(from(bench, 'key'), 'tagged', { ...noMetadata, tags: { new: '2' } })
    await group.copy(from(bench, 'key'), 'bare', noMetadata)
    expect([await getTags('tagged'), await getTags('bare')]).toEqual([{ new: '2' }, {}])
  })

  check('server copy: a missing source, and one that is another by now', async (bench) => {
    const group = serverCopy(bench)
    await put(bench.storage, 'key', 'x')
    await expectFailure(group.copy(from(bench, 'missing'), 'copy', noMetadata), 'not-found')
    await expectFailure(group.copy(from(bench, 'key', '0123456789abcdef0123456789abcdef'), 'copy', noMetadata), 'precondition')
    await expectFailure(bench.storage.head('copy'), 'not-found')
  })

  check('server copy: not over what is there, or is another, where that is demanded', async (bench) => {
    const group = serverCopy(bench)
    const { storage } = bench
    await put(storage, 'key', 'new')
    const { etag } = await put(storage, 'there', 'old')
    await expectFailure(group.copy(from(bench, 'key'), 'there', { ...noMetadata, ifAbsent: true }), 'precondition')
    await expectFailure(group.copy(from(bench, 'key'), 'there', { ...noMetadata, ifMatch: 'another' }), 'precondition')
    expect(await readText(storage, 'there')).toBe('old')
    await group.copy(from(bench, 'key'), 'there', { ...noMetadata, ...(etag && { ifMatch: etag }) })
    expect(await readText(storage, 'there')).toBe('new')
    await group.copy(from(bench, 'key'), 'absent', { ...noMetadata, ifAbsent: true })
    expect(await readText(storage, 'absent')).toBe('new')
  })

  check('server copy: ranges as parts of an upload', async (bench) => {
    const group = serverCopy(bench)
    const { storage, skip } = bench
    const multipart = storage.multipart ?? skip('there is no multipart upload')
    const copyPart = group.copyPart ?? skip('only whole objects are copied')
    const partBytes = storage.limits.minPartBytes
    const bytes = bytesOf(2 * partBytes + 1)
    await put(storage, 'key', bytes)
    const { etag } = await storage.head('key')
    const upload = await multipart.create('copy', { ...noMetadata, size: bytes.length, partBytes })
    const ranges = [0, 1, 2].map((part) => ({ first: part * partBytes, last: Math.min((part + 1) * partBytes, bytes.length) - 1 }))
    const parts = await Promise.all(ranges.map((range, at) => copyPart(upload, at + 1, from(bench, 'key', etag), { range })))
    expect(parts.map(({ number, size }) => [number, size])).toEqual(ranges.map(({ first, last }, at) => [at + 1, last - first + 1]))
    await multipart.complete(upload, parts, {})
    expect((await read(storage, 'copy')).bytes.equals(bytes)).toBe(true)
  })

  check('server copy: no range of another version, none into an upload that is gone', async (bench) => {
    const group = serverCopy(bench)
    const { storage, skip } = bench
    const multipart = storage.multipart ?? skip('there is no multipart upload')
    const copyPart = group.copyPart ?? skip('only whole objects are copied')
    await put(storage, 'key', 'x')
    const upload = await multipart.create('copy', { ...noMetadata, size: 1, partBytes: 1 })
    const range = { first: 0, last: 0 }
    await expectFailure(copyPart(upload, 1, from(bench, 'key', '0123456789abcdef0123456789abcdef'), { range }), 'precondition')
    await multipart.abort(upload)
    if (storage.abilities.endsUploads ?? true) await expectFailure(copyPart(upload, 1, from(bench, 'key'), { range }), 'no-upload')
  })
}
