import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeVendors, vendorsDoc, vendorsDocFile } from '../../scripts/vendors-doc.ts'
import { drivers } from '../../storage/vendors.ts'

describe('docs/vendors.md', () => {
  it('is current: node scripts/vendors-doc.ts writes it', async () => {
    expect(readFileSync(vendorsDocFile, 'utf8')).toBe(await vendorsDoc())
  })

  it('has every vendor, opened without a network', async () => {
    const described = await describeVendors()
    expect(described.map(({ vendor }) => vendor)).toEqual(Object.keys(drivers))
    for (const { vendor, storage } of described) expect(storage.info.vendor).toBe(vendor)
  })

  it('names the rights for all that S3 and OSS can do', async () => {
    for (const { vendor, storage } of await describeVendors()) {
      if (!storage.serverCopy) continue
      for (const need of ['list', 'read', 'write', 'delete', 'parts', 'readTags', 'writeTags', 'readAcl', 'writeAcl', 'restore', 'serverCopy'] as const)
        expect(storage.rights?.[need], `${vendor} ${need}`).toBeDefined()
    }
  })
})
