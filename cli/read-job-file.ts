import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { invalid } from './options.ts'

/** What --file holds, unchecked: an object. */
export function readJobFile(path: string): Readonly<Record<string, unknown>> {
  const text = readOrRefuse(path)
  const value = parseOrRefuse(text, path)
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid(`${path} must hold job options, one a line: "overwrite: never".`)
  return value as Readonly<Record<string, unknown>>
}

function readOrRefuse(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw invalid(`The job file ${path} cannot be read.`)
  }
}

function parseOrRefuse(text: string, path: string): unknown {
  try {
    return parse(text, { prettyErrors: false, logLevel: 'error' })
  } catch (error) {
    throw invalid(`The job file ${path} is not YAML: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
