/** One address of the file: variables filled in, fields checked. */
import type { z } from 'zod'
import type { Role } from '../../model/address.ts'
import type { AddressCode } from '../../model/codes.ts'
import { didYouMean } from '../../model/suggest.ts'
import type { ConfiguredAddress, ConfiguredVendor } from '../../storage/vendors.ts'
import { substitute, type Environment } from './environment.ts'
import { ConfigError, named } from './error.ts'
import { isObject } from './parse.ts'
import { configuredVendors, fieldsOf, formOf, isConfigured, schemaOf } from './schema.ts'

export interface CheckContext {
  readonly name: string
  readonly env: Environment
  readonly role: Role
}

/** Fails with the first fault: one sentence that names the address and the field. */
export function checkAddress(raw: unknown, { name, env, role }: CheckContext): ConfiguredAddress {
  const where = `Address "${name}"`
  if (!isObject(raw)) throw new ConfigError('AddressIncomplete', `${where} must hold fields, the first of them "vendor:".`)
  const vendor = vendorOf(raw['vendor'], where)
  refuseUnknownFields(raw, ['vendor', ...fieldsOf(vendor).map(([field]) => field)], where)
  const parsed = schemaOf(vendor).safeParse(substitute(raw, env, where))
  if (!parsed.success) throw toError(parsed.error.issues[0]!, where, role)
  const address = parsed.data as unknown as ConfiguredAddress
  const fault = formOf(vendor).fault?.(address)
  if (fault !== undefined) throw new ConfigError('AddressIncomplete', `${where}: ${fault}`)
  return address
}

function vendorOf(vendor: unknown, where: string): ConfiguredVendor {
  if (vendor === undefined || vendor === null)
    throw new ConfigError('AddressIncomplete', `${where}: vendor is missing, one of ${configuredVendors.join(', ')}.`)
  const text = typeof vendor === 'string' ? vendor : JSON.stringify(vendor)
  if (isConfigured(text)) return text
  throw new ConfigError(
    'InvalidParameters',
    `${where}: unknown vendor ${named(text)}.${didYouMean(text, configuredVendors)}`,
  )
}

function refuseUnknownFields(raw: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(raw).find((field) => !known.includes(field))
  if (unknown === undefined) return
  throw new ConfigError(
    'InvalidParameters',
    `${where}: unknown field ${named(unknown)}.${didYouMean(unknown, known) || ` It may have ${known.join(', ')}.`}`,
  )
}

function toError(issue: z.core.$ZodIssue, where: string, role: Role): ConfigError {
  const field = issue.path.join('.')
  if (issue.code === 'invalid_value') return new ConfigError('InvalidParameters', `${where}: ${field} ${issue.message}`)
  if (issue.code !== 'custom') return new ConfigError('AddressIncomplete', `${where}: ${field} ${issue.message}.`)
  if (issue.params?.['prefix'])
    return new ConfigError(roleCode(role, 'AddrPrefixInvalid'), `${where}: ${field}: ${issue.message}`)
  const code = issue.params?.['path'] ? roleCode(role, 'AddrPathInvalid') : roleCode(role, 'AddrEndpointInvalid')
  return new ConfigError(code, `${where}: ${field} ${issue.message}.`)
}

export function roleCode(role: Role, fault: 'AddrPrefixInvalid' | 'AddrPathInvalid' | 'AddrEndpointInvalid'): AddressCode {
  return `${role === 'source' ? 'Source' : 'Dest'}${fault}`
}
