/** total = completed + skipped + failed, always: who finds that it does not hold says where. */
import type { Fault } from '../model/codes.ts'

export class AccountingError extends Error {
  override readonly name = 'AccountingError'
  readonly fault: Fault

  constructor(message: string) {
    super(message)
    this.fault = { code: 'AccountingMismatch', message }
  }
}
