/** `${NAME}` anywhere in a value stands for the environment variable: the only magic of tranship.yaml. */
import { ConfigError } from './error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A copy of `value` with every variable put in. Fails `AddressIncomplete` with the names of all that are missing. */
export function substitute(value: unknown, env: Environment, where: string): unknown {
  const missing = new Set<string>()
  const filled = fill(value, (name) => {
    const text = env[name]
    if (text === undefined || text === '') missing.add(name)
    return text ?? ''
  })
  if (missing.size === 0) return filled
  const many = missing.size > 1
  const variables = `the environment variable${many ? 's' : ''} ${[...missing].join(', ')}`
  throw new ConfigError('AddressIncomplete', `${where} needs ${variables}: set ${many ? 'them' : 'it'} where the worker runs.`)
}

export const namesVariable = (value: string): boolean => /\$\{[^}]*\}/.test(value)

function fill(value: unknown, lookUp: (name: string) => string): unknown {
  if (typeof value === 'string') return value.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => lookUp(name.trim()))
  if (Array.isArray(value)) return value.map((item) => fill(item, lookUp))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, lookUp)]))
}
