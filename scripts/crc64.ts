/** Writes copy/crc64/module.ts: the WebAssembly of copy/crc64/crc64.wat. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import wabt from 'wabt'

const folder = join(import.meta.dirname, '..', 'copy', 'crc64')
export const moduleFile = join(folder, 'module.ts')

export async function moduleText(): Promise<string> {
  const source = (await wabt()).parseWat('crc64.wat', readFileSync(join(folder, 'crc64.wat'), 'utf8'))
  const base64 = Buffer.from(source.toBinary({}).buffer).toString('base64')
  const lines = base64.match(/.{1,110}/g) ?? []
  return `/** crc64.wat, compiled: \`node scripts/crc64.ts\` writes it. */\nexport const crc64Module = Buffer.from(\n${lines.map((line) => `  '${line}'`).join(' +\n')},\n  'base64',\n)\n`
}

if (import.meta.main) writeFileSync(moduleFile, await moduleText())
