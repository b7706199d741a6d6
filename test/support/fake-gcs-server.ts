/** fake-gcs-server: a Cloud Storage in memory, JSON API and plain downloads; it has no XML multipart uploads and asks for no token. */
import { join } from 'node:path'
import { findProgram, type Program } from '../../embedded/program.ts'
import { awaitUntil } from './await-until.ts'
import { end, freePort, hasEnded, start } from './processes.ts'

const program: Program = {
  name: 'fake-gcs-server',
  version: '1.55.1',
  module: join(import.meta.dirname, 'fake-gcs-server'),
  goPackage: 'github.com/fsouza/fake-gcs-server',
  buildMinutes: 4,
}

export const findFakeGcsServer = (): Promise<string> => findProgram(program, { onProgress: (line) => console.error(line) })

export interface FakeGcsServer {
  readonly endpoint: string
  makeBucket(name: string): Promise<void>
  stop(): Promise<void>
}

export async function startFakeGcsServer(): Promise<FakeGcsServer> {
  const port = await freePort('127.0.0.1')
  const endpoint = `http://127.0.0.1:${port}`
  // The public host decides which requests are taken for the XML API by path; the external URL is what links begin with.
  const place = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', `127.0.0.1:${port}`, '-external-url', endpoint]
  const flags = [...place, '-backend', 'memory', '-data', '', '-location', 'EUROPE-WEST3', '-log-level', 'error']
  const child = start(await findFakeGcsServer(), flags, { output: process.env['SHOW_SERVERS'] ? 'inherit' : 'ignore' })
  await awaitUntil(async () => hasEnded(child) || (await isHealthy(endpoint)), { what: 'fake-gcs-server answers' })
  if (hasEnded(child)) throw new Error(`fake-gcs-server ended at once (${child.exitCode}); SHOW_SERVERS=1 shows why`)
  return { endpoint, makeBucket: (name) => makeBucket(endpoint, name), stop: () => end(child) }
}

const isHealthy = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_internal/healthcheck`).then(({ ok }) => ok, () => false)

async function makeBucket(endpoint: string, name: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${endpoint}/storage/v1/b?project=test`, { method: 'POST', headers, body: JSON.stringify({ name }) })
  if (!answer.ok) throw new Error(`No bucket ${name} was made: ${answer.status} ${await answer.text()}`)
}
