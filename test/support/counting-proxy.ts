/**
 * A loopback proxy that counts what passes it, for servers that do not count themselves. It forwards bytes as they are, so that
 * signatures hold as long as the client signs the `host` it sends: the proxy keeps that header.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Traffic {
  /** Requests by method, `GET` to `DELETE`. */
  readonly requests: Readonly<Record<string, number>>
  readonly total: number
  /** Bytes of bodies, from and to the client. */
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface CountingProxy {
  readonly endpoint: string
  traffic(): Traffic
  reset(): void
  /** Sees each request as it comes: method and path with query. */
  onRequest?: (method: string, url: string) => void
  stop(): Promise<void>
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(target)
  let requests: Record<string, number> = {}
  let bytes = { in: 0, out: 0 }

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method = 'GET', url = '/', rawHeaders: headers } = incoming
    requests[method] = (requests[method] ?? 0) + 1
    proxy.onRequest?.(method, url)
    const onward = request({ hostname, port, method, path: url, headers, agent, setHost: false })
    incoming.on('data', (chunk: Buffer) => (bytes.in += chunk.length)).pipe(onward)
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.on('data', (chunk: Buffer) => (bytes.out += chunk.length)).pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
  }

  const server = createServer(forward)
  server.on('checkContinue', (incoming, outgoing) => {
    outgoing.writeContinue()
    forward(incoming, outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: CountingProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traffic: () => ({ requests: { ...requests }, total: sum(requests), bytesIn: bytes.in, bytesOut: bytes.out }),
    reset: () => {
      requests = {}
      bytes = { in: 0, out: 0 }
    },
    stop: () => {
      agent.destroy()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0)
