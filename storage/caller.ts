import { createHash } from 'node:crypto'
import type { StorageInfo } from './storage.ts'

/** For `StorageInfo.caller`: tells two texts apart without telling either. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** One endpoint and one caller, by what is known without a request. */
export const isOneCaller = (a: StorageInfo, b: StorageInfo): boolean =>
  a.vendor === b.vendor && a.endpoint === b.endpoint && a.caller === b.caller
