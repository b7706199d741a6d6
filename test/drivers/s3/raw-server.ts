import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A server whose answers are bytes that a test writes, so that they may be wrong in any way. */
export interface RawServer {
  readonly endpoint: string
  /** Heads of the requests so far, bodies left out. */
  readonly requests: readonly string[]
  readonly openSockets: number
  [Symbol.asyncDispose](): Promise<void>
}

/** `respond` is called once a request's head is in; `more` gets what follows it on that connection. */
export type Respond = (socket: Socket, head: string, number: number) => void

export async function startRawServer(respond: Respond): Promise<RawServer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    socket.on('data', (data) => {
      const text = data.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (!/^[A-Z]+ \S+ HTTP\/1.1\r\n/.test(text) || end < 0) return
      requests.push(text.slice(0, end))
      respond(socket, text.slice(0, end), requests.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    get openSockets() {
      return sockets.size
    },
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export function answer(status: number, headers: Record<string, string | number> = {}, body = ''): string {
  const all = { 'content-length': Buffer.byteLength(body), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n${body}`
}
