import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { starter } from '../../cli/commands/init.ts'
import { schemaFile, schemas } from '../../scripts/schemas.ts'
import { parseConfig } from '../../worker/config/parse.ts'
import { configuredVendors, fieldsOf } from '../../worker/config/schema.ts'

describe('the JSON Schemas', () => {
  it.each(Object.keys(schemas))('%s is current: node scripts/schemas.ts writes it', (name) => {
    expect(readFileSync(schemaFile(name), 'utf8')).toBe(schemas[name])
  })

  it('name every field of every vendor', () => {
    for (const vendor of configuredVendors) {
      for (const [field] of fieldsOf(vendor)) expect(schemas['tranship.schema.json']).toContain(`"${field}"`)
    }
  })
})

describe('the file that init writes', () => {
  it('can be read, and names each vendor once', () => {
    const addresses = parseConfig(starter, 'tranship.yaml')
    const vendors = [...addresses.values()].map((address) => (address as { vendor: string }).vendor)
    expect(vendors.sort()).toEqual(configuredVendors.toSorted())
  })

  it('mentions every field', () => {
    for (const vendor of configuredVendors) {
      for (const [field] of fieldsOf(vendor)) expect(starter).toContain(field)
    }
  })
})
