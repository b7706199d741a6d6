import { expect } from 'vitest'
import type { ObjectInfo } from '../../../storage/storage.ts'
import type { Check } from '../suite.ts'
import { bytesOf, expectFailure, failureOf, put, read, readText, sha256 } from '../tools.ts'

const content = '0123456789'

export function readCases(check: Check): void {
  check('read: an object of zero bytes gives its info and no chunk', async ({ storage }) => {
    await put(storage, 'empty', '')
    const infos: ObjectInfo[] = []
    const { bytes, info } = await read(storage, 'empty', { onInfo: (one) => void infos.push(one) })
    expect(bytes).toHaveLength(0)
    expect(info.size).toBe(0)
    expect(infos).toHaveLength(1)
    expect(await storage.head('empty')).toMatchObject({ size: 0 })
  })

  check('read: bytes come whole and in order, the info before them', async ({ storage }) => {
    const bytes = bytesOf(3 * 1024 * 1024 + 17, 7)
    await put(storage, 'large', bytes)
    let toldFirst = false
    let told = false
    const chunks: Uint8Array[] = []
    await storage.get('large', (chunk) => {
      if (chunks.length === 0) toldFirst = told
      chunks.push(Uint8Array.from(chunk))
    }, { onInfo: ({ size }) => void (told = size === bytes.length) })
    expect(toldFirst).toBe(true)
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes))
  })

  check('read: the source is held back while the sink is busy', async ({ storage }) => {
    const bytes = bytesOf(2 * 1024 * 1024, 3)
    await put(storage, 'large', bytes)
    let busy = false
    let overlapped = false
    const chunks: Uint8Array[] = []
    await storage.get('large', async (chunk) => {
      overlapped ||= busy
      busy = true
      await new Promise((resolve) => setImmediate(resolve))
      chunks.push(Uint8Array.from(chunk))
      busy = false
    })
    expect(overlapped).toBe(false)
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes))
  })

  check('read: a sink that fails ends the read with its own error, and the store goes on', async ({ storage }) => {
    await put(storage, 'large', bytesOf(1024 * 1024))
    const failed = storage.get('large', () => { throw new RangeError('enough') }).catch((error: unknown) => String(error))
    expect(await failed).toContain('enough')
    expect((await read(storage, 'large')).bytes).toHaveLength(1024 * 1024)
  })

  check('read: first, last, middle and whole ranges', async ({ storage }) => {
    await put(storage, 'digits', content)
    for (const [first, last] of [[0, 0], [9, 9], [3, 6], [0, 9]] as const) {
      const { bytes, info } = await read(storage, 'digits', { range: { first, last } })
      expect(bytes.toString()).toBe(content.slice(first, last + 1))
      expect(info.size).toBe(content.length)
    }
  })

  check('read: a range over the end is cut, one beyond it fails', async ({ storage }) => {
    await put(storage, 'digits', content)
    expect(await readText(storage, 'digits', { range: { first: 7, last: 99 } })).toBe('789')
    await expectFailure(read(storage, 'digits', { range: { first: 10, last: 12 } }), 'range')
  })

  check('read: a key that is not there', async ({ storage }) => {
    await expectFailure(storage.head('missing'), 'not-found')
    await expectFailure(read(storage, 'missing'), 'not-found')
    await expectFailure(storage.head('missing/below'), 'not-found')
  })

  check('read: ifMatch holds a read to one version', async ({ storage, skip }) => {
    if (!storage.abilities.conditionalGet) skip('reads are not conditional')
    await put(storage, 'key', 'one')
    const { etag } = await storage.head('key')
    if (etag === undefined) throw new Error('no etag')
    expect(await readText(storage, 'key', { ifMatch: etag })).toBe('one')
    expect(await readText(storage, 'key', { ifMatch: etag, range: { first: 1, last: 2 } })).toBe('ne')
    await put(storage, 'key', 'another')
    await expectFailure(read(storage, 'key', { ifMatch: etag }), 'precondition')
  })

  check('read: a signal ends a read that is under way', async ({ storage }) => {
    await put(storage, 'large', bytesOf(4 * 1024 * 1024))
    const controller = new AbortController()
    let given = 0
    const failure = failureOf(storage.get('large', (chunk) => {
      given += chunk.length
      controller.abort()
    }, { signal: controller.signal }))
    expect(await failure).toBe('aborted')
    expect(given).toBeLessThan(4 * 1024 * 1024)
  })

  check('read: nothing begins once the signal has fired', async ({ storage }) => {
    await put(storage, 'key')
    const signal = AbortSignal.abort()
    for (const call of [storage.list({ signal }), storage.head('key', { signal }), read(storage, 'key', { signal }), storage.delete('key', { signal })]) {
      await expectFailure(call, 'aborted')
    }
    expect(await readText(storage, 'key')).toBe('key')
  })
}
