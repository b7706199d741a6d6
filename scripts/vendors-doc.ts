/**
 * Writes docs/vendors.md of what the drivers say of themselves: limits, abilities, groups, rights. `--check` only compares. Every
 * vendor is opened, which sends nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStorage } from '../storage/open.ts'
import { drivers, type ConfiguredVendor } from '../storage/vendors.ts'
import { exampleOf } from './vendors-doc/example.ts'
import { toDocument, type Described } from './vendors-doc/document.ts'

export const vendorsDocFile = join(import.meta.dirname, '..', 'docs', 'vendors.md')

export async function describeVendors(): Promise<Described[]> {
  const described: Described[] = []
  for (const vendor of Object.keys(drivers) as ConfiguredVendor[]) {
    const storage = await openStorage(exampleOf(vendor))
    described.push({ vendor, title: drivers[vendor].form.title, storage })
    await storage.close()
  }
  return described
}

export const vendorsDoc = async (): Promise<string> => toDocument(await describeVendors())

if (process.argv[1] === import.meta.filename) {
  const text = await vendorsDoc()
  if (!process.argv.includes('--check')) writeFileSync(vendorsDocFile, text)
  else if (readFileSync(vendorsDocFile, 'utf8') !== text) {
    console.error('docs/vendors.md is not current: run "node scripts/vendors-doc.ts".')
    process.exitCode = 1
  }
}
