import { toTranshipError } from '../client/errors.ts'
import { ConfigError } from '../worker/config/error.ts'

/** What tranship.yaml refuses, as every refusal. */
export function refusedByConfig<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof ConfigError ? toTranshipError(error.fault) : error
  }
}
