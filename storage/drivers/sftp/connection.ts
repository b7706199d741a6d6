import type { Client, ClientChannel, SFTPWrapper } from 'ssh2'
import { StorageError } from '../../error.ts'

/** Settles one request. */
export type Settle<T> = (error: Error | undefined | null, value?: T) => void

export interface Opened {
  readonly client: Client
  readonly sftp: SFTPWrapper
}

export interface Patience {
  /** Requests wait, and nothing at all is answered for so long: the connection is given up. */
  readonly silenceMs: number
  /** A connection that nobody uses is closed after so long. */
  readonly idleMs: number
}

/**
 * One SSH connection: every request of it settles, whatever happens to it. ssh2 forgets those that are asked of a channel that is
 * closing, and never calls back.
 */
export class Connection {
  readonly #client: Client
  readonly sftp: SFTPWrapper
  readonly #endpoint: string
  readonly #waiting = new Set<(error: Error) => void>()
  readonly #watch: NodeJS.Timeout
  #heardAtMs = Date.now()
  #fault: StorageError | undefined
  /** Called once, when it can be used no more. */
  onEnd: () => void = () => {}
  /** Work under way on it. */
  load = 0

  constructor({ client, sftp }: Opened, endpoint: string, patience: Patience) {
    this.#client = client
    this.sftp = sftp
    this.#endpoint = endpoint
    client.on('error', (error) => this.end(error.message))
    client.on('close', () => this.end('The server closed it'))
    sftp.on('error', (error: Error) => this.end(error.message))
    sftp.on('close', () => this.end('The server closed the SFTP session'))
    this.#watch = setInterval(() => this.#look(patience), Math.min(1_000, patience.silenceMs / 4))
    this.#watch.unref()
  }

  get isEnded(): boolean {
    return this.#fault !== undefined
  }

  /** One request; `send` may throw. */
  async call<T>(send: (settle: Settle<T>) => void): Promise<T> {
    if (this.#fault) throw this.#fault
    if (this.#waiting.size === 0) this.#heardAtMs = Date.now()
    let fail: (error: Error) => void = () => {}
    try {
      return await new Promise<T>((resolve, reject) => {
        fail = reject
        this.#waiting.add(fail)
        send((error, value) => {
          this.#heardAtMs = Date.now()
          if (error) reject(this.#fault ?? error)
          else resolve(value as T)
        })
      })
    } finally {
      this.#waiting.delete(fail)
    }
  }

  /** A further channel, with the SFTP subsystem at its other end. */
  async openChannel(): Promise<ClientChannel> {
    return await this.call((settle) => void this.#client.subsys('sftp', settle))
  }

  /** Fails every request that waits. */
  end(why: string, kind: 'network' | 'timeout' = 'network'): void {
    if (this.#fault) return
    this.#fault = new StorageError(`The connection to ${this.#endpoint} broke: ${why}.`, { kind, scope: 'address' })
    clearInterval(this.#watch)
    for (const fail of this.#waiting) fail(this.#fault)
    this.#client.end()
    this.#client.destroy()
    this.onEnd()
  }

  #look({ silenceMs, idleMs }: Patience): void {
    const silentMs = Date.now() - this.#heardAtMs
    if (this.#waiting.size > 0 && silentMs > silenceMs) this.end(`nothing was answered for ${silenceMs / 1_000} s`, 'timeout')
    else if (this.load === 0 && silentMs > idleMs) this.end('it was not used')
  }
}
