import { expect } from 'vitest'
import { isStorageError, StorageError } from '../../../storage/error.ts'
import type { Check } from '../suite.ts'
import { failures } from '../target.ts'
import { expectFailure, noMetadata, put, read } from '../tools.ts'

export function failureCases(check: Check): void {
  for (const kind of failures) {
    check(`failures: ${kind} is told as such by every call`, async ({ target, skip }) => {
      const storage = target.failing[kind]
      if (!storage) return skip(`this store cannot be made to answer ${kind}`)
      await expectFailure(storage.list(), kind)
      await expectFailure(put(storage, 'key'), kind)
      await expectFailure(read(storage, 'key'), kind)
      if (storage.multipart) await expectFailure(storage.multipart.create('key', { ...noMetadata, size: 1, partBytes: 1024 }), kind)
    })
  }

  check('failures: each is a StorageError with a sentence and no secret', async ({ target }) => {
    for (const storage of Object.values(target.failing)) {
      const error = await storage.list().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StorageError)
      if (isStorageError(error)) expect(error.message).toMatch(/\S/)
      expect(JSON.stringify([error, String(error)])).not.toMatch(/wrong-secret|test-secret/)
    }
  })
}
