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

  it('names the rights for all that a store that copies itself can do', async () => {
    for (const { vendor, storage } of await describeVendors()) {
      const { serverCopy, tagging, acl, archive } = storage
      if (!serverCopy) continue
      // Baidu does not say which permission lets a key see the rights of an object.
      const rights = acl && vendor !== 'bos' ? (['readAcl', 'writeAcl'] as const) : []
      const needed = ['list', 'read', 'write', 'delete', 'parts', 'serverCopy', ...(tagging ? ['readTags', 'writeTags'] as const : []), ...rights, ...(archive ? ['restore'] as const : [])] as const
      for (const need of needed) expect(storage.rights?.[need], `${vendor} ${need}`).toBeDefined()
    }
  })
})
