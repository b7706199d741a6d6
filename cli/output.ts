/** Everything that is printed goes through here. */
import { TranshipError } from '../client/errors.ts'
import type { ExitCode } from './command.ts'
import type { Shell } from './shell.ts'

/** The command's answer: one JSON document, or text for people. */
export function printResult({ json, stdout }: Shell, value: object, text: () => string): void {
  stdout.write(json ? `${JSON.stringify(value)}\n` : `${text()}\n`)
}

/** A sentence for people, beside the answer. */
export function say({ stderr }: Shell, sentence: string): void {
  stderr.write(`${sentence}\n`)
}

export interface Refusal {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null }
}
export const toRefusal = ({ code, message, hint }: Pick<TranshipError, 'code' | 'message' | 'hint'>): Refusal => ({
  error: { code, message, hint },
})

export function printError(shell: Shell, error: unknown): ExitCode {
  const told = error instanceof TranshipError ? error : new TranshipError('Unexpected', messageOf(error))
  if (shell.json) shell.stdout.write(`${JSON.stringify(toRefusal(told))}\n`)
  say(shell, `${told.code}: ${told.message}`)
  if (told.hint) say(shell, told.hint)
  if (told.code === 'Unexpected' && error instanceof Error && shell.env['TRANSHIP_DEBUG']) say(shell, error.stack ?? '')
  return exitCodeOf(told)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== error.message
    ? `${error.message}: ${error.cause.message}`
    : error.message
}

function exitCodeOf({ code }: TranshipError): ExitCode {
  return code === 'NoServer' || code === 'NoWorker' || code === 'Unexpected' ? 3 : 2
}
