import { expect } from 'vitest'
import { openHasher } from '../../../copy/hashing.ts'
import type { Check } from '../suite.ts'
import { bytesOf, expectFailure, failureOf, keysOf, noMetadata, put, read, readText, sha256 } from '../tools.ts'

export function writeCases(check: Check): void {
  check('write: a body of several pieces, and one of none', async ({ storage }) => {
    await storage.put('pieces', [Buffer.from('one '), Buffer.alloc(0), Buffer.from('two '), Buffer.from('three')], noMetadata)
    await storage.put('nothing', [], noMetadata)
    expect(await readText(storage, 'pieces')).toBe('one two three')
    expect(await readText(storage, 'nothing')).toBe('')
  })

  check('write: an object is replaced whole', async ({ storage }) => {
    await put(storage, 'key', 'a longer first version')
    const first = await storage.head('key')
    await put(storage, 'key', 'second')
    expect(await readText(storage, 'key')).toBe('second')
    const second = await storage.head('key')
    expect(second.size).toBe(6)
    if (storage.abilities.etag) expect(second.etag).not.toBe(first.etag)
  })

  check('write: readers see the old object or the new one while it is replaced', async ({ storage }) => {
    const versions = [bytesOf(300_000, 1), bytesOf(300_000, 2)]
    const known = new Set(versions.map(sha256))
    await put(storage, 'key', versions[0])
    let writing = true
    const writer = (async () => {
      for (let i = 0; i < 10; i++) await put(storage, 'key', versions[i % 2])
      writing = false
    })()
    while (writing) expect(known).toContain(sha256((await read(storage, 'key')).bytes))
    await writer
  })

  check('write: ifAbsent refuses a key that is taken, and leaves it alone', async ({ storage }) => {
    await put(storage, 'key', 'first', { ifAbsent: true })
    await expectFailure(put(storage, 'key', 'second', { ifAbsent: true }), 'precondition')
    expect(await readText(storage, 'key')).toBe('first')
    expect(await keysOf(storage)).toEqual(['key'])
  })

  check('write: of many writers with ifAbsent one succeeds', async ({ storage, skip, target }) => {
    if (!storage.abilities.conditionalPut) skip('ifAbsent is looked at before the write')
    const reason = target.quirks?.['concurrent conditions']
    if (reason) skip(reason)
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => failureOf(put(storage, 'key', `writer ${i}`, { ifAbsent: true }))))
    expect(outcomes.filter((outcome) => outcome === 'nothing failed')).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set(['nothing failed', 'precondition']))
    expect(await readText(storage, 'key')).toBe(`writer ${outcomes.indexOf('nothing failed')}`)
  })

  check('write: ifMatch refuses another version', async ({ storage, skip }) => {
    if (!storage.abilities.etag) skip('there are no ETags')
    await put(storage, 'key', 'first')
    const { etag } = await storage.head('key')
    await put(storage, 'key', 'the second', { ifMatch: etag })
    await expectFailure(put(storage, 'key', 'third', { ifMatch: etag }), 'precondition')
    expect(await readText(storage, 'key')).toBe('the second')
  })

  check('write: the result states what head states', async ({ storage }) => {
    const result = await put(storage, 'key', 'content')
    const info = await storage.head('key')
    if (storage.abilities.etag) expect(result.etag).toBe(info.etag)
    for (const [name, value] of Object.entries(result.hashes)) if (name in info.hashes) expect(info.hashes).toHaveProperty(name, value)
  })

  check('write: stated hashes are right', async ({ storage, skip }) => {
    if (storage.abilities.statedHashes.length === 0) skip('no hash is stated')
    const bytes = bytesOf(100_000, 5)
    const ours = (await openHasher())([bytes], ['crc64', 'md5', 'crc32', 'crc32c'])
    const stated = { ...(await put(storage, 'key', bytes)).hashes, ...(await storage.head('key')).hashes, ...(await read(storage, 'key')).info.hashes }
    expect(ours).toMatchObject(stated)
    expect(stated).not.toEqual({})
  })

  check('write: a wrong checksum is refused, a right one taken', async ({ storage, skip }) => {
    const [name] = storage.abilities.putHashes
    if (name === undefined) return skip('no checksum is sent along')
    const hash = await openHasher()
    await expectFailure(put(storage, 'key', 'content', { hashes: hash([Buffer.from('other')], [name]) }), 'checksum')
    expect(await keysOf(storage)).toEqual([])
    await put(storage, 'key', 'content', { hashes: hash([Buffer.from('content')], [name]) })
    expect(await readText(storage, 'key')).toBe('content')
  })

  check('write: the modified time is kept', async ({ storage, skip }) => {
    if (!storage.abilities.keepsMtime) skip('the store sets its own time')
    const mtimeMs = Date.UTC(2001, 1, 3, 4, 5, 6, 789)
    await put(storage, 'key', 'content', { mtimeMs })
    expect(Math.abs((await storage.head('key')).mtimeMs - mtimeMs)).toBeLessThan(storage.limits.mtimeResolutionMs)
  })

  check('write: deleting twice, and what never was', async ({ storage }) => {
    await put(storage, 'key')
    await put(storage, 'key2')
    await storage.delete('key')
    await storage.delete('key')
    await storage.delete('never/was')
    expect(await keysOf(storage)).toEqual(['key2'])
  })

  check('write: nothing is written once the signal has fired', async ({ storage }) => {
    await expectFailure(put(storage, 'key', 'content', { signal: AbortSignal.abort() }), 'aborted')
    expect(await keysOf(storage)).toEqual([])
  })
}
