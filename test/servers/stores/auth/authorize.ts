import { StoreError } from '../error.ts'
import { readOperations, type Operation } from '../operation.ts'
import type { AccessKey } from '../options.ts'

const reading: ReadonlySet<string> = new Set(readOperations)

/** Whether the key may do that; throws AccessDenied. */
export function authorize(key: AccessKey, operation: Operation, bucket: string | undefined): void {
  const wrongBucket = bucket !== undefined && key.buckets !== undefined && !key.buckets.includes(bucket)
  if (wrongBucket || !allows(key, operation)) throw new StoreError('AccessDenied', { extra: { Operation: operation } })
}

function allows({ rights = 'all' }: AccessKey, operation: Operation): boolean {
  if (typeof rights !== 'string') return rights.includes(operation)
  switch (rights) {
    case 'all':
      return true
    case 'none':
      return false
    case 'read':
      return reading.has(operation)
    case 'write':
      return !reading.has(operation)
    default:
      return rights === operation
  }
}
