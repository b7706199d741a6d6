/**
 * HTTP/1.1 over plain sockets and buffers that are used again: what a store is asked by the thousand costs half of what it costs
 * through streams (docs/performance.md). Where a proxy stands between, undici does it: see transport.ts.
 */
import { abortedBy, Connection, type ConnectionOptions } from './connection.ts'
import type { Exchange } from './transport.ts'

const lookEveryMs = 250

/** As many connections as there are calls at a time: callers bound those. The one used last is used first. Closing lets what goes on come to its end. */
export function openSockets(options: ConnectionOptions): Exchange {
  const all = new Set<Connection>()
  const idle: Connection[] = []
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
    const connection: Connection = new Connection(options, () => all.delete(connection))
    all.add(connection)
    return connection
  }
  const take = (): Connection => {
    for (let kept = idle.pop(); kept; kept = idle.pop()) if (kept.isFree) return kept
    return open()
  }
  return {
    async exchange(request, onAnswer) {
      if (request.signal?.aborted) throw abortedBy(request.signal)
      const connection = take()
      const answer = await connection.exchange(request, onAnswer)
      if (closed) connection.drop()
      else if (connection.isFree) idle.push(connection)
      return answer
    },
    close() {
      closed = true
      for (const connection of idle) connection.drop()
      return Promise.resolve()
    },
  }
}
