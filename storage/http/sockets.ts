/**
 * HTTP/1.1 over plain sockets and buffers that are used again: what a store is asked by the thousand costs half of what it costs
 * through streams (docs/performance.md). Where a proxy stands between, undici does it: see transport.ts.
 */
import { abortedBy, Connection, type ConnectionOptions } from './connection.ts'
import type { Exchange } from './transport.ts'

const lookEveryMs = 250
const mostConnections = 256

/** The connection used last is used first; who finds none waits in order. Closing lets what goes on come to its end. */
export function openSockets(options: ConnectionOptions): Exchange {
  const all = new Set<Connection>()
  const idle: Connection[] = []
  const waiting: ((connection: Connection) => void)[] = []
  let watch: NodeJS.Timeout | undefined
  let closed = false

  const look = (): void => {
    for (const connection of all) connection.look(Date.now())
    if (all.size > 0) return
    clearInterval(watch)
    watch = undefined
  }
  const open = (): Connection => {
    watch ??= setInterval(look, lookEveryMs).unref()
    const connection: Connection = new Connection(options, () => {
      all.delete(connection)
      if (waiting.length > 0) waiting.shift()?.(open())
    })
    all.add(connection)
    return connection
  }
  const take = (): Connection | Promise<Connection> => {
    for (let kept = idle.pop(); kept; kept = idle.pop()) if (kept.isFree) return kept
    return all.size < mostConnections ? open() : new Promise((resolve) => waiting.push(resolve))
  }
  /** A turn of the loop after its answer: a store that closes behind it, without a word, has done so by then. */
  const giveBack = (connection: Connection): void => {
    if (!connection.isFree) return
    const next = waiting.shift()
    if (next !== undefined) next(connection)
    else if (closed) connection.drop()
    else idle.push(connection)
  }
  return {
    async exchange(request, onAnswer) {
      if (request.signal?.aborted) throw abortedBy(request.signal)
      const taken = take()
      const connection = taken instanceof Promise ? await taken : taken
      const answer = await connection.exchange(request, onAnswer)
      setImmediate(giveBack, connection)
      return answer
    },
    close() {
      closed = true
      for (const connection of idle) connection.drop()
      return Promise.resolve()
    },
  }
}
