/** tranship.yaml as commands use it that read or write data themselves. */
import { toTranshipError } from '../client/errors.ts'
import type { Fault } from '../model/codes.ts'
import { createAddressBook, type AddressBook } from '../worker/config.ts'
import { say } from './output.ts'
import type { Shell } from './shell.ts'

/** `config` as --config gave it. */
export function addressBook(config: string | undefined, shell: Shell): AddressBook {
  const onWarning = (warning: string): void => say(shell, warning)
  return createAddressBook({
    ...(config === undefined ? {} : { path: config }),
    env: shell.env,
    folder: shell.folder,
    onWarning,
  })
}

/** What an address refuses, as every refusal; other errors as they are. */
export const toRefused = (error: unknown): unknown => (hasFault(error) ? toTranshipError(error.fault) : error)

const hasFault = (error: unknown): error is Error & { readonly fault: Fault } => error instanceof Error && 'fault' in error
