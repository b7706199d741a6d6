/** Azurite, with what it lacks put in front of it. Everything else goes through as it is. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob'
import { startAzurite, type Azurite } from '../../support/azurite.ts'
import { putBlobFromUrl } from './put-blob-from-url.ts'

export interface AzblobServer extends Azurite {
  /** `METHOD /path?query` of all so far, and whether a source was named. */
  readonly requests: readonly SeenRequest[]
}

export interface SeenRequest {
  readonly line: string
  readonly copies: boolean
}

export async function startAzblobServer(): Promise<AzblobServer> {
  const behind = await startAzurite()
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, copies: request.headers['x-ms-copy-source'] !== undefined })
    pass(request, response, behind)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await behind.stop()
  }
  return { ...behind, endpoint: `http://127.0.0.1:${port}/${behind.account}`, requests, stop }
}

/** Azurite checks who asks before it says that it has no such call: then it is ours. */
function pass(request: IncomingMessage, response: ServerResponse, behind: Azurite): void {
  const { hostname, port } = new URL(behind.endpoint)
  const { method = 'GET', url = '/', rawHeaders } = request
  const asked = ask({ hostname, port, method, path: url, headers: rawHeaders, setHost: false }, (answered) => {
    const isOurs = answered.statusCode === 501 && request.headers['x-ms-copy-source'] !== undefined
    if (isOurs) return void copyInstead(request, response, answered, behind)
    response.writeHead(answered.statusCode ?? 502, answered.rawHeaders)
    answered.on('error', () => response.destroy()).pipe(response)
  })
  asked.on('error', () => response.destroy())
  response.on('close', () => asked.destroy())
  request.on('error', () => asked.destroy()).pipe(asked)
}

async function copyInstead(request: IncomingMessage, response: ServerResponse, refused: IncomingMessage, behind: Azurite): Promise<void> {
  try {
    await buffer(refused)
    await putBlobFromUrl(request, response, behind.endpoint, passOf(behind, request.url ?? '/'))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

/** Whoever asked was let in by azurite: what follows is done with a signature of our own. */
function passOf({ credential }: Azurite, url: string): string {
  const [, , containerName = ''] = url.split(/[/?]/)
  const permissions = ContainerSASPermissions.parse('racwdt')
  return generateBlobSASQueryParameters({ containerName, permissions, expiresOn: new Date(Date.now() + 3_600_000) }, credential).toString()
}
