import { once } from 'node:events'
import { createConnection } from 'node:net'

const defaultPort = 7233

/** Nothing listens: known at once, without waiting for gRPC to give up. */
export async function isListening(address: string, timeoutMs: number): Promise<boolean> {
  const url = URL.parse(`tcp://${address}`)
  if (!url?.hostname) return false
  const socket = createConnection({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || defaultPort) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
