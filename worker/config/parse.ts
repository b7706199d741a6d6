/** tranship.yaml as text → its addresses, each still raw: what is wrong with one address is found when it is used. */
import { LineCounter, parseDocument, type Document } from 'yaml'
import { addressNamePattern } from '../../model/address.ts'
import { didYouMean } from '../../model/suggest.ts'
import { ConfigError, named } from './error.ts'

/** Fails `InvalidParameters` when the file as a whole cannot be read. Its text is never quoted: it may hold secrets. */
export function parseConfig(source: string, file: string): ReadonlyMap<string, unknown> {
  const root = readYaml(source, file)
  if (!isObject(root)) throw new ConfigError('InvalidParameters', `${file} must begin with "addresses:".`)
  for (const key of Object.keys(root)) {
    if (key !== 'addresses')
      throw new ConfigError('InvalidParameters', `${file}: unknown field ${named(key)}.${didYouMean(key, ['addresses'])}`)
  }
  const addresses = root['addresses'] ?? {}
  if (!isObject(addresses))
    throw new ConfigError('InvalidParameters', `${file}: "addresses:" must hold a name for each address.`)
  for (const name of Object.keys(addresses)) {
    if (!addressNamePattern.test(name)) {
      throw new ConfigError(
        'InvalidParameters',
        `${file}: the address name ${named(name)} must be 3-63 letters, digits, "-" or "_".`,
      )
    }
  }
  return new Map(Object.entries(addresses))
}

function readYaml(source: string, file: string): unknown {
  const lineCounter = new LineCounter()
  const document = parseDocument(hideVariables(source), { lineCounter, prettyErrors: false, logLevel: 'error' })
  const [error] = document.errors
  if (!error) return toValue(document, file)
  const { line, col } = lineCounter.linePos(error.pos[0])
  throw new ConfigError(
    'InvalidParameters',
    `${file} is not YAML: line ${line}, column ${col} (${error.code.toLowerCase().replaceAll('_', ' ')}).`,
  )
}

/** Aliases may name nothing, or more than memory holds. */
function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ reviver: (_key, value) => (typeof value === 'string' ? showVariables(value) : value) })
  } catch {
    throw new ConfigError('InvalidParameters', `${file} is not YAML that can be used: an alias (*name) in it cannot be followed.`)
  }
}

/** `{ key: ${NAME} }` is no YAML, as braces end a plain text there: characters of the private use area stand in, as many. */
const hideVariables = (source: string): string => source.replaceAll(/\$\{([^{}\n]*)\}/g, '\uE000\uE000$1\uE001')
const showVariables = (value: string): string => value.replaceAll(/\uE000\uE000([^\uE001]*)\uE001/g, '${$1}')

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
