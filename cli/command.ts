/** What a command is: data for the parser and its help, and what it does. */
import type { Options } from 'yargs'
import { TranshipError } from '../client/errors.ts'
import type { Shell } from './shell.ts'

/** 0 done or answered · 1 job failed, or files did · 2 wrong use, refused, Create Failed · 3 could not run · 130 Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 3 | 130

export type CommandOptions = Readonly<Record<string, Options>>

export interface Command {
  /** One word, or two for a command of a group: `address check`. */
  readonly name: string
  readonly summary: string
  readonly positionals: readonly { readonly name: string; readonly describe: string }[]
  readonly options: CommandOptions
  readonly examples: readonly (readonly [command: string, explanation: string])[]
  run(args: Args, shell: Shell): Promise<ExitCode>
}

/** Values by camelCase name, as the parser left them. */
export type Args = Readonly<Record<string, unknown>>

export const textOf = (args: Args, name: string): string | undefined =>
  typeof args[name] === 'string' ? args[name] : undefined
export const flagOf = (args: Args, name: string): boolean => args[name] === true

export function requiredText(args: Args, name: string): string {
  const text = textOf(args, name)
  if (text === undefined || text === '') throw new TranshipError('InvalidParameters', `${name.toUpperCase()} is missing.`)
  return text
}

/** Only what the command line itself gave. */
export const given = (args: Args, options: CommandOptions): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(options)
      .map(camelCase)
      .flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])),
  )

export const camelCase = (flag: string): string => flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
