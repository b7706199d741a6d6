/** A loopback proxy of TCP connections that breaks the ones that a test names: for protocols that nobody can read on the way. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpFault {
  readonly kind: 'reset' | 'end' | 'flip'
  /** Bytes that come from there. */
  readonly from: 'server' | 'client'
  /** Of one connection. */
  readonly afterBytes: number
}

export interface TcpProxy {
  readonly port: number
  struck: { readonly fault: TcpFault; times: number } | undefined
  hits: number
  stop(): Promise<void>
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  const pass = (from: Socket, to: Socket, name: TcpFault['from']): void => {
    let passed = 0
    open.add(from)
    from.on('data', (bytes: Buffer) => {
      const { struck } = proxy
      passed += bytes.length
      if (!struck || struck.times <= 0 || struck.fault.from !== name || passed <= struck.fault.afterBytes) return void to.write(bytes)
      struck.times--
      proxy.hits++
      strike(struck.fault.kind, bytes, from, to)
    })
    from.on('error', () => undefined)
    from.on('close', () => (open.delete(from), to.destroy()))
  }
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort })
    pass(near, far, 'client')
    pass(far, near, 'server')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    struck: undefined,
    hits: 0,
    stop() {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => void server.close(() => resolve()))
    },
  }
  return proxy
}

function strike(kind: TcpFault['kind'], bytes: Buffer, from: Socket, to: Socket): void {
  if (kind === 'flip') {
    bytes[bytes.length - 1]! ^= 1
    return void to.write(bytes)
  }
  if (kind === 'end') return void [from, to].map((socket) => socket.end())
  for (const socket of [from, to]) socket.resetAndDestroy()
}
