/** The promises of storage/storage.ts, put to a store. A driver skips only what it declares not to have. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { withPrefix } from '../../storage/layers/with-prefix.ts'
import type { Storage } from '../../storage/storage.ts'
import { archiveCases } from './cases/archive.ts'
import { failureCases } from './cases/failures.ts'
import { keyCases } from './cases/keys.ts'
import { listCases } from './cases/list.ts'
import { metadataCases } from './cases/metadata.ts'
import { multipartCases } from './cases/multipart.ts'
import { readCases } from './cases/read.ts'
import { serverCopyCases } from './cases/server-copy.ts'
import { tagCases } from './cases/tags.ts'
import { writeCases } from './cases/write.ts'
import type { Target } from './target.ts'

export interface Bench {
  readonly target: Target
  /** The store below a prefix that no other case uses. */
  readonly storage: Storage
  /** Ends the case: what it needs is declared to be missing. */
  skip(reason: string): never
}

export type Check = (promise: string, work: (bench: Bench) => Promise<void>) => void

/** VENDORS=oss,nas narrows the suite. */
const wanted = process.env['VENDORS']?.split(',')

export function conformance(vendor: string, start: () => Promise<Target>): void {
  describe.skipIf(wanted && !wanted.includes(vendor))(`conformance: ${vendor}`, () => {
    let target: Target | undefined
    let cases = 0
    beforeAll(async () => void (target = await start()))
    afterAll(async () => await target?.stop())

    const check: Check = (promise, work) => {
      it(promise, async ({ skip }) => {
        if (!target) throw new Error('not started')
        await work({ target, storage: withPrefix(target.storage, `case-${++cases}/`), skip })
      })
    }
    for (const add of [keyCases, listCases, readCases, writeCases, metadataCases, multipartCases, tagCases, archiveCases, serverCopyCases, failureCases]) add(check)
  })
}
