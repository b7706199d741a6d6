import { expect } from 'vitest'
import { openHasher } from '../../../copy/hashing.ts'
import type { Multipart, Part, Storage, UploadRef } from '../../../storage/storage.ts'
import type { Bench, Check } from '../suite.ts'
import { bytesOf, expectFailure, keysOf, noMetadata, put, read, readText, sha256 } from '../tools.ts'

const smallestPart = 64 * 1024
const partBytesOf = ({ limits }: Storage): number => Math.max(smallestPart, limits.minPartBytes)

interface Begun {
  readonly multipart: Multipart
  readonly upload: UploadRef
  readonly bytes: Buffer
  send(number: number): Promise<Part>
}

function multipartOf({ storage, skip }: Bench): Multipart {
  return storage.multipart ?? skip('there are no multipart uploads')
}

async function begin(bench: Bench, size: number, key = 'object', metadata = noMetadata.metadata): Promise<Begun> {
  const multipart = multipartOf(bench)
  const partBytes = partBytesOf(bench.storage)
  const bytes = bytesOf(size, size % 97)
  const upload = await multipart.create(key, { metadata, size, partBytes })
  const piece = (number: number) => bytes.subarray((number - 1) * partBytes, number * partBytes)
  return { multipart, upload, bytes, send: (number) => multipart.putPart(upload, number, [piece(number)]) }
}

/** As the contract allows: a chunk is overwritten as soon as the next is asked for. */
async function* throughOneBuffer(bytes: Buffer, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(chunkBytes)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const length = bytes.copy(buffer, 0, at, at + chunkBytes)
    yield buffer.subarray(0, length)
  }
}

const inOrder = (parts: readonly Part[]): Part[] => parts.toSorted((a, b) => a.number - b.number)

export function multipartCases(check: Check): void {
  for (const [what, sizeOf] of [
    ['part - 1', (part: number) => part - 1],
    ['part', (part: number) => part],
    ['part + 1', (part: number) => part + 1],
    ['2 · part + 1', (part: number) => 2 * part + 1],
  ] as const) {
    check(`multipart: an object of ${what} bytes`, async (bench) => {
      const size = sizeOf(partBytesOf(bench.storage))
      const { multipart, upload, bytes, send } = await begin(bench, size)
      const parts: Part[] = []
      for (let number = 1; (number - 1) * upload.partBytes < size; number++) parts.push(await send(number))
      const result = await multipart.complete(upload, parts, {})
      const { bytes: got, info } = await read(bench.storage, 'object')
      expect(sha256(got)).toBe(sha256(bytes))
      if (bench.storage.abilities.etag) expect(result.etag).toBe(info.etag)
      const stated = { ...result.hashes, ...info.hashes }
      expect((await openHasher())([bytes], ['crc64', 'md5', 'crc32', 'crc32c'])).toMatchObject(stated)
    })
  }

  check('multipart: parts in any order, at the same time', async (bench) => {
    const { multipart, upload, bytes, send } = await begin(bench, 2 * partBytesOf(bench.storage) + 1)
    const parts = await Promise.all([3, 1, 2].map(send))
    await multipart.complete(upload, inOrder(parts), {})
    expect(sha256((await read(bench.storage, 'object')).bytes)).toBe(sha256(bytes))
  })

  check('multipart: parts that come while they are sent, from memory that is used again', async (bench) => {
    const { storage } = bench
    const multipart = multipartOf(bench)
    const { putLongPart } = multipart
    if (putLongPart === undefined) return bench.skip('parts are what memory holds')
    const partBytes = Math.max(partBytesOf(storage), 300 * 1024)
    const bytes = bytesOf(2 * partBytes + 77_777, 5)
    const upload = await multipart.create('object', { ...noMetadata, size: bytes.length, partBytes, long: true })
    const send = (number: number): Promise<Part> => {
      const part = bytes.subarray((number - 1) * partBytes, number * partBytes)
      return putLongPart(upload, number, { size: part.length, chunks: throughOneBuffer(part, 10_001) })
    }
    const parts = await Promise.all([3, 1, 2].map(send))
    expect(inOrder(parts).map(({ size }) => size)).toEqual([partBytes, partBytes, 77_777])
    const { hashes } = await multipart.complete(upload, inOrder(parts), {})
    const { bytes: got } = await read(storage, 'object')
    expect(sha256(got)).toBe(sha256(bytes))
    expect((await openHasher())([bytes], ['crc64', 'md5', 'crc32', 'crc32c'])).toMatchObject(hashes)
  })

  check('multipart: a part that breaks off while it is sent fails, and can be sent again', async (bench) => {
    const { storage } = bench
    const multipart = multipartOf(bench)
    const { putLongPart } = multipart
    if (putLongPart === undefined) return bench.skip('parts are what memory holds')
    const partBytes = Math.max(partBytesOf(storage), 300 * 1024)
    const upload = await multipart.create('object', { ...noMetadata, size: partBytes, partBytes, long: true })
    const bytes = bytesOf(partBytes)
    const broken = async function* () {
      yield* throughOneBuffer(bytes.subarray(1), 65_536)
      throw new Error('the source broke off')
    }
    await expect(putLongPart(upload, 1, { size: partBytes, chunks: broken() })).rejects.toThrow()
    const part = await putLongPart(upload, 1, { size: partBytes, chunks: throughOneBuffer(bytes, 65_536) })
    expect((await multipart.listParts(upload)).map(({ number, etag }) => [number, etag])).toEqual([[1, part.etag]])
    await multipart.complete(upload, [part], {})
    expect(sha256((await read(storage, 'object')).bytes)).toBe(sha256(bytes))
  })

  check('multipart: of a part sent twice the later one counts', async (bench) => {
    const { multipart, upload, bytes, send } = await begin(bench, partBytesOf(bench.storage) + 10)
    await multipart.putPart(upload, 2, [Buffer.from('other text')])
    const parts = [await send(1), await send(2)]
    await multipart.complete(upload, parts, {})
    expect(sha256((await read(bench.storage, 'object')).bytes)).toBe(sha256(bytes))
  })

  check('multipart: invisible until it is complete, with its metadata then', async (bench) => {
    const { storage } = bench
    const metadata = { contentType: 'text/plain', user: storage.abilities.userMetadata ? { kept: 'yes' } : {} }
    const { multipart, upload, send } = await begin(bench, 1_000, 'below/object', metadata)
    const part = await send(1)
    expect(await keysOf(storage).then((keys) => keys.filter((key) => !key.endsWith('/')))).toEqual([])
    await expectFailure(storage.head('below/object'), 'not-found')
    await multipart.complete(upload, [part], {})
    expect(await keysOf(storage)).toEqual(['below/object'])
    const { metadata: held } = await storage.head('below/object')
    if (storage.abilities.contentHeaders) expect(held.contentType).toBe('text/plain')
    expect(held.user).toEqual(metadata.user)
  })

  check('multipart: an object of no bytes', async (bench) => {
    const { multipart, upload, send } = await begin(bench, 0)
    await multipart.complete(upload, [await send(1)], {})
    expect((await bench.storage.head('object')).size).toBe(0)
  })

  check('multipart: a part that is missing at complete', async (bench) => {
    const { multipart, upload, send } = await begin(bench, 2 * partBytesOf(bench.storage))
    const part = await send(1)
    await expectFailure(multipart.complete(upload, [part, { ...part, number: 2 }], {}), 'invalid')
    await expectFailure(bench.storage.head('object'), 'not-found')
    await multipart.abort(upload)
  })

  check('multipart: goes on from what ListParts tells', async (bench) => {
    const { multipart, upload, bytes, send } = await begin(bench, 2 * partBytesOf(bench.storage) + 5)
    expect(await multipart.listParts(upload)).toEqual([])
    const third = await send(3)
    await send(1)
    const held = await multipart.listParts({ ...upload })
    expect(held.map(({ number, size }) => [number, size])).toEqual([[1, upload.partBytes], [3, 5]])
    expect(held[1]?.etag).toBe(third.etag)
    await multipart.complete(upload, inOrder([...held, await send(2)]), {})
    expect(sha256((await read(bench.storage, 'object')).bytes)).toBe(sha256(bytes))
  })

  check('multipart: open uploads are found by exactly their key', async (bench) => {
    const { multipart, upload } = await begin(bench, 10, 'key')
    const other = await multipart.create('key-longer', { ...noMetadata, size: 10, partBytes: partBytesOf(bench.storage) })
    expect((await multipart.listUploads('key')).map(({ key, uploadId }) => ({ key, uploadId }))).toEqual([{ key: 'key', uploadId: upload.uploadId }])
    expect(await multipart.listUploads('ke')).toEqual([])
    for (const one of [upload, other]) await multipart.abort(one)
    expect(await multipart.listUploads('key')).toEqual([])
  })

  check('multipart: an upload that is aborted leaves the old object, and is gone', async (bench) => {
    await put(bench.storage, 'object', 'the old one')
    const { multipart, upload, send } = await begin(bench, 100)
    const part = await send(1)
    await multipart.abort(upload)
    await multipart.abort(upload)
    await expectFailure(multipart.complete(upload, [part], {}), 'no-upload')
    if (bench.storage.abilities.endsUploads ?? true) await expectFailure(send(1), 'no-upload')
    else await send(1)
    await expectFailure(multipart.listParts(upload), 'no-upload')
    await expectFailure(multipart.complete(upload, [part], {}), 'no-upload')
    expect(await readText(bench.storage, 'object')).toBe('the old one')
    expect(await keysOf(bench.storage)).toEqual(['object'])
  })

  check('multipart: completed once, it replaces the old object and is gone', async (bench) => {
    await put(bench.storage, 'object', 'the old one')
    const { multipart, upload, bytes, send } = await begin(bench, 100)
    await multipart.complete(upload, [await send(1)], {})
    expect(sha256((await read(bench.storage, 'object')).bytes)).toBe(sha256(bytes))
    await expectFailure(multipart.listParts(upload), 'no-upload')
    expect(await multipart.listUploads('object')).toEqual([])
  })

  check('multipart: ifAbsent refuses a key that was taken meanwhile', async (bench) => {
    if (!bench.storage.abilities.conditionalPut) bench.skip('ifAbsent is looked at before the write')
    const { multipart, upload, send } = await begin(bench, 100)
    const part = await send(1)
    await put(bench.storage, 'object', 'somebody else')
    await expectFailure(multipart.complete(upload, [part], { ifAbsent: true }), 'precondition')
    expect(await readText(bench.storage, 'object')).toBe('somebody else')
    await multipart.abort(upload)
    expect(await keysOf(bench.storage)).toEqual(['object'])
  })

  check('multipart: the modified time is kept', async (bench) => {
    if (!bench.storage.abilities.keepsMtime) bench.skip('the store sets its own time')
    const mtimeMs = Date.UTC(2001, 1, 3, 4, 5, 6, 789)
    const { multipart, upload, send } = await begin(bench, 100)
    await multipart.complete(upload, [await send(1)], { mtimeMs })
    expect(Math.abs((await bench.storage.head('object')).mtimeMs - mtimeMs)).toBeLessThan(bench.storage.limits.mtimeResolutionMs)
  })
}
