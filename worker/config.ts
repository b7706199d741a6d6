/**
 * The address book: tranship.yaml, read again whenever it changed, so that rotated keys count from the next use. Only workers
 * read it, and the CLI where it streams a report.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve as resolvePath } from 'node:path'
import { addressNamePattern, parseAddressRef, prefixFault, type Role } from '../model/address.ts'
import { didYouMean } from '../model/suggest.ts'
import type { ConfiguredAddress } from '../storage/vendors.ts'
import { checkAddress, roleCode } from './config/check.ts'
import { namesVariable, type Environment } from './config/environment.ts'
import { ConfigError } from './config/error.ts'
import { findConfig } from './config/find.ts'
import { isObject, parseConfig } from './config/parse.ts'
import { hasDots } from './config/fields.ts'
import { assertRole, withReferences, type Referred } from './config/references.ts'
import { formOf, isSecretField } from './config/schema.ts'

export interface AddressBookOptions {
  /** As --config gave it. */
  readonly path?: string
  readonly env: Environment
  /** What relative paths are meant from; default: the current folder. */
  readonly folder?: string
  /** Told once of each secret that stands in clear in the file. */
  readonly onWarning?: (message: string) => void
}

export interface AddressSummary {
  readonly name: string
  readonly vendor: string
  readonly status: 'Normal' | 'Invalid'
  /** Why it is invalid; null when it is not. */
  readonly reason: string | null
}

export interface AddressBook {
  /** The address that a job's text names, ready to open. Fails with a ConfigError. */
  resolve(ref: string, role?: Role): ConfiguredAddress
  list(): AddressSummary[]
  /** Every secret that the file holds at the moment: nothing that leaves the process may contain one. */
  secrets(): string[]
}

export function createAddressBook(options: AddressBookOptions): AddressBook {
  const read = createReader(options)
  const check = (name: string, raw: unknown, role: Role): ConfiguredAddress => checkAddress(raw, { name, env: options.env, role })

  const named = (name: string, role: Role, other?: Referred['other']): ConfiguredAddress => {
    if (!addressNamePattern.test(name)) throw new ConfigError('AddressNotExist', notAName(name))
    const { file, addresses } = read()
    if (!addresses.has(name))
      throw new ConfigError('AddressNotExist', `There is no address "${name}" in ${file}.${didYouMean(name, addresses.keys())}`)
    const address = check(name, addresses.get(name), role)
    return withReferences(address, { folder: dirname(file), other })
  }

  return {
    resolve(text, role = 'source') {
      const ref = parseAddressRef(text)
      if (ref.kind === 'path') return { vendor: 'nas', path: resolvePath(options.folder ?? process.cwd(), ref.path) }
      const address = named(ref.name, role, (other) => named(other, 'source'))
      assertRole(ref.name, address, role)
      return below(address, ref.prefix, role)
    },
    list: () => [...read().addresses].map(([name, raw]) => summarise(name, raw, check)),
    secrets: () => [...read().addresses].flatMap(([name, raw]) => secretsOf(() => check(name, raw, 'source'))),
  }
}

const notAName = (name: string): string =>
  `"${name}" is not an address: write a name (3-63 letters, digits, "-" or "_"), or a path that begins with "/" or ".".`

interface Contents {
  readonly file: string
  readonly addresses: ReadonlyMap<string, unknown>
}

function createReader({ path, env, folder, onWarning }: AddressBookOptions): () => Contents {
  const warned = new Set<string>()
  let version = ''
  let contents: Contents | undefined
  return () => {
    const file = findConfig({ ...(path === undefined ? {} : { path }), env, ...(folder === undefined ? {} : { folder }) })
    const { mtimeMs, size, ino, mode } = statSync(file)
    const current = `${file}:${mtimeMs}:${size}:${ino}`
    if (contents && current === version) return contents
    contents = { file, addresses: parseConfig(readFileSync(file, 'utf8'), file) }
    version = current
    for (const warning of warningsOf(contents, mode)) {
      if (!warned.has(warning)) onWarning?.(warning)
      warned.add(warning)
    }
    return contents
  }
}

function warningsOf({ file, addresses }: Contents, mode: number): string[] {
  const inClear = [...addresses].flatMap(([name, raw]) =>
    Object.entries(isObject(raw) ? raw : {})
      .filter(([field, value]) => isSecretField(field) && !namesVariable(String(value)))
      .map(
        ([field]) =>
          `${file}: address "${name}" holds ${field} in clear; write \${NAME} and set that environment variable instead.`,
      ),
  )
  const isOpen = process.platform !== 'win32' && (mode & readableByOthers) !== 0
  return inClear.length > 0 && isOpen ? [...inClear, `${file} holds secrets in clear and can be read by other users of this machine: "chmod 600 ${file}" ends that.`] : inClear
}

const readableByOthers = 0o044

function summarise(
  name: string,
  raw: unknown,
  check: (name: string, raw: unknown, role: Role) => ConfiguredAddress,
): AddressSummary {
  const vendor = isObject(raw) && typeof raw['vendor'] === 'string' ? raw['vendor'] : ''
  try {
    check(name, raw, 'source')
    return { name, vendor, status: 'Normal', reason: null }
  } catch (error) {
    if (error instanceof ConfigError) return { name, vendor, status: 'Invalid', reason: error.fault.message }
    throw error
  }
}

function secretsOf(read: () => ConfiguredAddress): string[] {
  try {
    return Object.entries(read()).flatMap(([field, value]) =>
      isSecretField(field) && typeof value === 'string' ? [value] : [],
    )
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}

/** `name:sub/prefix/`, put behind the field of the vendor's form that takes it. */
function below(address: ConfiguredAddress, prefix: string, role: Role): ConfiguredAddress {
  if (prefix === '') return address
  const fault = prefixFault(prefix)
  if (fault) throw new ConfigError(roleCode(role, 'AddrPrefixInvalid'), fault)
  const field: string | undefined = formOf(address.vendor).below
  if (field === undefined)
    throw new ConfigError('InvalidParameters', `An address of ${address.vendor} has nothing below it: leave ":${prefix}" out.`)
  if (field !== 'prefix' && hasDots(prefix))
    throw new ConfigError(roleCode(role, 'AddrPathInvalid'), `"${prefix}" may not hold "." or "..": name a folder below the address.`)
  const { [field]: before = '' } = address as unknown as Readonly<Record<string, string | undefined>>
  const joined = field === 'path' ? `${before.replace(/\/+$/, '')}/${prefix}` : `${before}${prefix}`
  return { ...address, [field]: joined }
}
