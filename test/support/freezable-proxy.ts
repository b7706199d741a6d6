/** A loopback proxy of TCP connections that can be frozen: nothing passes any more, and neither end is told. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface FreezableProxy {
  /** host:port */
  readonly address: string
  /** Bytes wait where they are, new connections are taken and wait too. */
  freeze(): void
  /** What waited goes on its way. */
  thaw(): void
  stop(): Promise<void>
}

export async function startFreezableProxy(target: string): Promise<FreezableProxy> {
  const [host = '', port = ''] = target.split(':')
  const ends = new Set<Socket>()
  let frozen = false

  const pass = (from: Socket, to: Socket): void => {
    ends.add(from)
    from.on('data', (bytes) => {
      if (to.write(bytes)) return
      from.pause()
    })
    to.on('drain', () => !frozen && from.resume())
    from.on('error', () => undefined)
    from.on('close', () => {
      ends.delete(from)
      to.destroy()
    })
    if (frozen) from.pause()
  }
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) })
    pass(near, far)
    pass(far, near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze() {
      frozen = true
      for (const end of ends) end.pause()
    },
    thaw() {
      frozen = false
      for (const end of ends) end.resume()
    },
    stop() {
      for (const end of ends) end.destroy()
      return new Promise((resolve) => void server.close(() => resolve()))
    },
  }
}
