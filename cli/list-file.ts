/** A list on its way into a file of this machine. */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { createRowCounter } from './csv-rows.ts'

export interface BroughtList {
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly file: string
}

export interface ListFile {
  /** The chunk may be used again once this settles. */
  write(chunk: Uint8Array): Promise<void>
  end(): Promise<BroughtList>
}

export function openListFile(name: string, file: string): ListFile {
  const stream = createWriteStream(file)
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => undefined)
  const rows = createRowCounter()
  let bytes = 0
  return {
    async write(chunk) {
      rows.add(chunk)
      bytes += chunk.length
      if (!stream.write(Uint8Array.from(chunk))) await Promise.race([once(stream, 'drain'), failed])
    },
    async end() {
      await Promise.race([new Promise<void>((done) => stream.end(done)), failed])
      return { name, rows: rows.rows(), bytes, file }
    },
  }
}
