/** Which parts an upload holds: one file of lines for each process that writes parts, so that no two append to the same. */
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Part } from '../../storage.ts'
import { writerName } from './temporary.ts'

interface Line extends Omit<Part, 'hashes'> {
  readonly atMs: number
}

/** A line torn by a crash stays alone: every record begins a new line. */
export async function recordPart(upload: string, { number, size, etag }: Part): Promise<void> {
  const line: Line = { number, size, etag, atMs: Date.now() }
  await appendFile(join(upload, `${writerName}.journal`), `\n${JSON.stringify(line)}\n`)
}

/** By number; of a part that was sent again, the later one. */
export async function readParts(upload: string): Promise<Part[]> {
  const names = (await readdir(upload)).filter((name) => name.endsWith('.journal'))
  const texts = await Promise.all(names.map((name) => readFile(join(upload, name), 'utf8')))
  const lines = texts.flatMap((text) => text.split('\n').flatMap(parseLine)).sort((a, b) => a.atMs - b.atMs)
  const parts = new Map(lines.map(({ number, size, etag }) => [number, { number, size, etag, hashes: {} }]))
  return [...parts.values()].sort((a, b) => a.number - b.number)
}

function parseLine(line: string): Line[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Line]
  } catch {
    return []
  }
}
