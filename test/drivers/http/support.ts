import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStorage } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { temporaryFolder } from '../../support/processes.ts'
import { startWebServer, type Answer, type WebServer } from '../../support/web-server.ts'

/** A list that holds just this. */
export function listFile(content: string | Uint8Array, folder = temporaryFolder('http')): string {
  const file = join(folder, 'urls.tsv')
  writeFileSync(file, content)
  return file
}

export async function openList(list: string): Promise<Storage> {
  const storage = await openStorage({ vendor: 'http', list })
  onTestFinished(() => storage.close())
  return storage
}

/** A server of the test's own, and the list of what it serves under the paths' own names. */
export async function serve(answers: Readonly<Record<string, Answer>>): Promise<{ readonly server: WebServer; readonly storage: Storage }> {
  const server = await startWebServer(answers)
  onTestFinished(() => server.stop())
  const rows = Object.keys(answers).map((path) => `${server.origin}${path}\t${path.slice(1)}\n`)
  return { server, storage: await openList(listFile(rows.join(''))) }
}
