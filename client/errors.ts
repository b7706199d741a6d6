import type { Fault } from '../model/codes.ts'

/** Something was refused or could not be done: what every door shows. `hint` says what to do next, where there is more to say. */
export class TranshipError extends Error {
  override readonly name = 'TranshipError'
  readonly code: Fault['code']
  readonly hint: string | null

  constructor(code: Fault['code'], message: string, hint: string | null = null) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

export const toTranshipError = ({ code, message }: Fault): TranshipError => new TranshipError(code, message)
