import type { Fault } from '../../model/codes.ts'

/** An address cannot be used as tranship.yaml stands. `fault.message` is one sentence for people and holds no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly fault: Fault

  constructor(code: Fault['code'], message: string) {
    super(message)
    this.fault = { code, message }
  }
}

/** What somebody wrote where a name belongs; anything else than a short word is left out, as it may hold a secret. */
export const named = (text: string): string => (/^[\w.@-]{0,63}$/.test(text) ? `"${text}"` : '(not a word)')
