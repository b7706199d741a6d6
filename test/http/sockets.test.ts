import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openSockets } from '../../storage/http/sockets.ts'

let server: Server | undefined
afterEach(() => void server?.close())

it('does not ask again over a connection that was closed behind an answer, although that said nothing of it', async () => {
  const closed: Promise<unknown>[] = []
  server = createServer((socket) => {
    closed.push(once(socket, 'close'))
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { exchange, close } = openSockets({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connectTimeoutMs: 1_000 })
  for (let i = 0; i < 20; i++) {
    const answer = await exchange({ method: 'GET', path: '/', headers: ['Host', 'here'], headersTimeoutMs: 1_000, bodyTimeoutMs: 1_000 })
    expect(answer.body.toString()).toBe('ok')
    await closed.at(-1)
  }
  expect(closed.length).toBe(20)
  await close()
})
