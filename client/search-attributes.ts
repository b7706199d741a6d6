import type { Connection } from '@temporalio/client'
import { searchAttributeNames, searchAttributes } from '../model/search-attributes.ts'

/** Temporal's IndexedValueType. */
const indexedValueTypes = { Keyword: 2, Int: 3 } as const
const readyWithinMs = 15_000

/**
 * Registers the search attributes that the namespace lacks. True: it has them all, of the right type, and queries know them.
 * False: it lacks some and they may not be registered here; jobs then run without (naming an unknown one is refused for ever).
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<boolean> {
  if (await hasAll(connection, namespace)) return true
  if (!(await register(connection, namespace))) return hasAll(connection, namespace)
  return becomeQueryable(connection, namespace)
}

async function hasAll(connection: Connection, namespace: string): Promise<boolean> {
  const present = await presentNames(connection, namespace)
  return searchAttributeNames.every((name) => present.has(name))
}

/** Names of ours that are present with the right type; where the operator service is closed, names alone must do. */
async function presentNames(connection: Connection, namespace: string): Promise<ReadonlySet<string>> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
    return new Set(searchAttributeNames.filter((name) => customAttributes[name] === indexedValueTypes[searchAttributes[name]]))
  } catch {
    const { config } = await connection.workflowService.describeNamespace({ namespace })
    return new Set(Object.values(config?.customSearchAttributeAliases ?? {}))
  }
}

async function register(connection: Connection, namespace: string): Promise<boolean> {
  const present = await presentNames(connection, namespace)
  const missing = searchAttributeNames.filter((name) => !present.has(name))
  const wanted = Object.fromEntries(missing.map((name) => [name, indexedValueTypes[searchAttributes[name]]]))
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted })
    return true
  } catch {
    return false
  }
}

/** The server's services learn of new attributes with a delay of seconds. */
async function becomeQueryable(connection: Connection, namespace: string): Promise<boolean> {
  const query = searchAttributeNames.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query })
      return true
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return false
}
