/** A small web server whose every answer a test decides. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WebServer {
  readonly origin: string
  /** `METHOD path`, in order of arrival. */
  readonly requests: string[]
  stop(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** `answers` by path without query; any other is 404. */
export async function startWebServer(answers: Readonly<Record<string, Answer>>): Promise<WebServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const answer = answers[request.url?.split('?')[0] ?? '']
    if (answer) answer(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
