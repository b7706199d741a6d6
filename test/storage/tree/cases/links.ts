/** What every driver of folders promises of symbolic links. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Storage } from '../../../../storage/storage.ts'
import { expectFailure, noMetadata, put, readText } from '../../../conformance/tools.ts'
import { temporaryFolder } from '../../../support/processes.ts'

/** `root` is the folder of the case that runs, `open` opens it. */
export function linkCases(root: () => string, open: () => Storage): void {
  describe('symbolic links', () => {
    let outside: string
    beforeEach(() => void (outside = temporaryFolder('outside')))

    it('nothing is written, read or deleted through one that leads out', async () => {
      writeFileSync(join(outside, 'secret'), 'secret')
      symlinkSync(outside, join(root(), 'out'))
      const storage = open()
      await expectFailure(put(storage, 'out/file', 'x'), 'key-unsupported')
      await expectFailure(put(storage, 'out/below/file', 'x'), 'key-unsupported')
      await expectFailure(put(storage, 'out/below/', ''), 'key-unsupported')
      await expectFailure(storage.multipart?.create('out/file', { ...noMetadata, size: 1, partBytes: 1 }) ?? Promise.resolve(), 'key-unsupported')
      await expectFailure(readText(storage, 'out/secret'), 'key-unsupported')
      await expectFailure(storage.delete('out/secret'), 'key-unsupported')
      expect(readdirSync(outside)).toEqual(['secret'])
    })

    it('one that is replaced by a file is itself replaced, not what it points at', async () => {
      writeFileSync(join(outside, 'target'), 'target')
      symlinkSync(join(outside, 'target'), join(root(), 'link'))
      await put(open(), 'link', 'new')
      expect(readFileSync(join(root(), 'link'), 'utf8')).toBe('new')
      expect(readFileSync(join(outside, 'target'), 'utf8')).toBe('target')
    })

    it('one within the folder can be written through', async () => {
      mkdirSync(join(root(), 'real'))
      symlinkSync('real', join(root(), 'alias'))
      await put(open(), 'alias/file', 'x')
      expect(readFileSync(join(root(), 'real/file'), 'utf8')).toBe('x')
    })
  })
}
