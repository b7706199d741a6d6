/** What every driver of folders promises of a disk without room. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isStorageError } from '../../../../storage/error.ts'
import type { Storage } from '../../../../storage/storage.ts'
import { bytesOf, expectFailure, keysOf, noMetadata, put } from '../../../conformance/tools.ts'
import { mountSmallDisk, type SmallDisk } from '../../../support/small-disk.ts'

/** `open` opens the folder at a path. */
export function fullDiskCases(open: (path: string) => Storage): void {
  describe('a file system that is full (as root)', () => {
    let disk: SmallDisk | undefined
    beforeAll(() => void (disk = mountSmallDisk(1024)))
    beforeEach(({ skip }) => skip(!disk, 'nothing can be mounted here'))
    afterAll(() => disk?.unmount())

    it('a put into a full one fails as full, leaves nothing, and works again when there is room', async () => {
      const storage = open(disk?.path ?? '')
      await put(storage, 'kept', bytesOf(500_000))
      const error = await put(storage, 'large', bytesOf(2_000_000)).catch((thrown: unknown) => thrown)
      expect(isStorageError(error, 'full') && error.scope).toBe('address')
      expect(readdirSync(disk?.path ?? '')).toEqual(['kept'])
      await storage.delete('kept')
      await put(storage, 'large', bytesOf(900_000))
      expect(await keysOf(storage)).toEqual(['large'])
      await storage.delete('large')
    })

    it('so does a part of an upload, which goes on later', async () => {
      const storage = open(disk?.path ?? '')
      const { multipart } = storage
      if (!multipart) throw new Error('no multipart')
      const upload = await multipart.create('large', { ...noMetadata, size: 900_000, partBytes: 450_000 })
      const first = await multipart.putPart(upload, 1, [bytesOf(450_000)])
      await put(storage, 'filler', bytesOf(400_000))
      await expectFailure(multipart.putPart(upload, 2, [bytesOf(450_000)]), 'full')
      await storage.delete('filler')
      await multipart.complete(upload, [first, await multipart.putPart(upload, 2, [bytesOf(450_000)])], {})
      expect((await storage.head('large')).size).toBe(900_000)
      await storage.delete('large')
    })
  })
}
