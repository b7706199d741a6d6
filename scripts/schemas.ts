/** Writes schemas/*.schema.json, for editors and checkers: of tranship.yaml, and of job files. `--check` only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { jobFileSchema } from '../cli/options.ts'
import { fileSchema } from '../worker/config/schema.ts'

const folder = join(import.meta.dirname, '..', 'schemas')

/** What a person writes, before anything is filled in or made of it. */
const toText = (schema: z.ZodType): string =>
  `${JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), null, 2)}\n`

export const schemas: Readonly<Record<string, string>> = {
  'tranship.schema.json': toText(fileSchema()),
  'job.schema.json': toText(jobFileSchema),
}

export const schemaFile = (name: string): string => join(folder, name)

if (process.argv[1] === import.meta.filename) {
  for (const [name, text] of Object.entries(schemas)) {
    if (!process.argv.includes('--check')) writeFileSync(schemaFile(name), text)
    else if (readFileSync(schemaFile(name), 'utf8') !== text) {
      console.error(`schemas/${name} is not current: run "node scripts/schemas.ts".`)
      process.exitCode = 1
    }
  }
}
