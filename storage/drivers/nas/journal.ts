/** Which parts an upload holds: one file of lines for each process that writes parts, so that no two append to the same. */
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Part } from '../../storage.ts'
import { latestParts, type PartRecord } from '../../tree/parts.ts'
import { writerName } from '../../tree/temporary.ts'

/** A line torn by a crash stays alone: every record begins a new line. */
export async function recordPart(upload: string, { number, size, etag }: Part): Promise<void> {
  const line: PartRecord = { number, size, etag, atMs: Date.now() }
  await appendFile(join(upload, `${writerName}.journal`), `\n${JSON.stringify(line)}\n`)
}

export async function readParts(upload: string): Promise<Part[]> {
  const names = (await readdir(upload)).filter((name) => name.endsWith('.journal'))
  const texts = await Promise.all(names.map((name) => readFile(join(upload, name), 'utf8')))
  return latestParts(texts.flatMap((text) => text.split('\n').flatMap(parseLine)))
}

function parseLine(line: string): PartRecord[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as PartRecord]
  } catch {
    return []
  }
}
