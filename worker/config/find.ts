/** Where tranship.yaml lies: --config, else TRANSHIP_CONFIG, else the current folder. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError } from './error.ts'

export const configFileName = 'tranship.yaml'

export interface ConfigPlace {
  /** As --config gave it. */
  readonly path?: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder?: string
}

/** Absolute path of the file. Fails `AddressNotExist` with all places looked in. */
export function findConfig({ path, env, folder = process.cwd() }: ConfigPlace): string {
  const fromEnvironment = env['TRANSHIP_CONFIG'] || undefined
  const file = resolve(folder, path ?? fromEnvironment ?? configFileName)
  if (existsSync(file)) return file
  const places = [
    path === undefined ? '--config (not given)' : `--config (${file})`,
    fromEnvironment === undefined ? 'TRANSHIP_CONFIG (not set)' : `TRANSHIP_CONFIG (${resolve(folder, fromEnvironment)})`,
    `the current folder (${resolve(folder, configFileName)})`,
  ]
  const looked = places.slice(0, path === undefined ? (fromEnvironment === undefined ? 3 : 2) : 1)
  throw new ConfigError(
    'AddressNotExist',
    `There is no ${configFileName}: looked at ${looked.join(', ')}; "tranship init" writes one to start from.`,
  )
}
