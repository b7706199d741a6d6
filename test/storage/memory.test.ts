import { describe, expect, it } from 'vitest'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { expectFailure, put } from '../conformance/tools.ts'

describe('the store in memory finds what real stores forgive', () => {
  it('a chunk that is kept without copying it is wiped', async () => {
    const storage = openMemory()
    await put(storage, 'key', 'content')
    const kept: Uint8Array[] = []
    await storage.get('key', (chunk) => void kept.push(chunk))
    expect(Buffer.concat(kept).toString()).not.toBe('content')
  })

  it('a body that is changed after the put does not change the object', async () => {
    const storage = openMemory()
    const body = Buffer.from('content')
    await storage.put('key', [body], { metadata: { user: {} } })
    body.fill(0)
    const parts: string[] = []
    await storage.get('key', (chunk) => void parts.push(Buffer.from(chunk).toString()))
    expect(parts.join('')).toBe('content')
  })

  it('a part below the least size is refused at complete', async () => {
    const { multipart } = openMemory({ limits: { minPartBytes: 10 } })
    if (!multipart) throw new Error('no multipart')
    const upload = await multipart.create('key', { metadata: { user: {} }, size: 12, partBytes: 10 })
    const parts = [await multipart.putPart(upload, 1, [Buffer.alloc(9)]), await multipart.putPart(upload, 2, [Buffer.alloc(3)])]
    await expectFailure(multipart.complete(upload, parts, {}), 'invalid')
  })

  it('an object of an archive class is listed and not read', async () => {
    const storage = openMemory()
    await put(storage, 'key', 'content', { storageClass: 'ColdArchive' })
    expect(await storage.head('key')).toMatchObject({ size: 7, storageClass: 'ColdArchive' })
    await expectFailure(storage.get('key', () => {}), 'archived')
  })
})
