import { assertGoing, whenAborted } from '../../cancel.ts'
import { isStorageError, StorageError } from '../../error.ts'
import { Session } from './session.ts'
import type { Connection } from './connection.ts'

/** Work that one connection has before another is opened. */
const enoughLoad = 4

interface Slot {
  readonly opened: Promise<Connection>
  load: number
}

export interface Lease {
  readonly session: Session
  release(): void
}

/** A few connections, opened when there is work for them and replaced when they end. */
export class Pool {
  readonly #connect: () => Promise<Connection>
  readonly #slots = new Set<Slot>()
  readonly #sessions = new WeakMap<Connection, Session>()
  #most: number

  constructor(connect: () => Promise<Connection>, most: number) {
    this.#connect = connect
    this.#most = most
  }

  /** Ends at once when the signal fires; `work` is told by the same signal, and goes on to clean up. */
  async use<T>(signal: AbortSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    assertGoing(signal)
    return await orAborted(signal, this.#run(signal, work))
  }

  async lease(signal: AbortSignal | undefined): Promise<Lease> {
    assertGoing(signal)
    const slot = this.#pick()
    slot.load++
    try {
      const connection = await orAborted(signal, slot.opened)
      connection.load++
      return { session: this.#sessionOf(connection), release: () => release(slot, connection) }
    } catch (error) {
      slot.load--
      if (!this.#mayDoWith(error)) throw error
      return await this.lease(signal)
    }
  }

  async close(): Promise<void> {
    const slots = [...this.#slots]
    this.#slots.clear()
    await Promise.all(slots.map(({ opened }) => opened.then((connection) => connection.end('It was closed'), () => {})))
  }

  async #run<T>(signal: AbortSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    const { session, release: done } = await this.lease(signal)
    try {
      return await work(session)
    } finally {
      done()
    }
  }

  #pick(): Slot {
    const [best] = [...this.#slots].sort((a, b) => a.load - b.load)
    return best && (best.load < enoughLoad || this.#slots.size >= this.#most) ? best : this.#open()
  }

  #open(): Slot {
    const slot: Slot = { opened: this.#connect(), load: 0 }
    this.#slots.add(slot)
    slot.opened.then((connection) => void (connection.onEnd = () => void this.#slots.delete(slot)), () => void this.#slots.delete(slot))
    return slot
  }

  /** A server may take fewer connections than we would have: those that there are do. */
  #mayDoWith(error: unknown): boolean {
    if (!isStorageError(error, 'network') || this.#slots.size === 0) return false
    this.#most = this.#slots.size
    return true
  }

  #sessionOf(connection: Connection): Session {
    const session = this.#sessions.get(connection) ?? new Session(connection)
    this.#sessions.set(connection, session)
    return session
  }
}

function release(slot: Slot, connection: Connection): void {
  slot.load--
  connection.load--
}

export async function orAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return await work
  let forget = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    forget = whenAborted(signal, () => reject(new StorageError('The caller gave up.', { kind: 'aborted' })))
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    forget()
  }
}
