import type { ClientChannel } from 'ssh2'
import type { ByteString } from '../../tree/names.ts'
import type { Connection, Settle } from './connection.ts'
import { status } from './error.ts'
import { toFacts, type Attributes, type Facts } from './info.ts'
import { Fields, packet, Packets, packets } from './packet.ts'

const version = 3

/** One name of a directory, as the server sent it. */
export interface ReadName {
  readonly raw: ByteString
  readonly attributes: Attributes
}

/** What is asked about names as bytes, over a channel of its own. */
export interface ByteSession {
  opendir(path: ByteString): Promise<Buffer>
  /** Some of the names, undefined at the end. Several may be asked for at a time. */
  readdir(handle: Buffer): Promise<readonly ReadName[] | undefined>
  close(handle: Buffer): Promise<void>
  stat(path: ByteString): Promise<Facts>
  lstat(path: ByteString): Promise<Facts>
  realpath(path: ByteString): Promise<ByteString>
}

export async function openByteSession(connection: Connection): Promise<ByteSession> {
  const channel = new Channel(connection, await connection.openChannel())
  await channel.begin()
  const path = (type: number, bytes: ByteString) => channel.ask(type, Buffer.from(bytes, 'latin1'))
  return {
    opendir: async (directory) => Buffer.from((await path(packets.opendir, directory)).string()),
    readdir: async (handle) => await channel.ask(packets.readdir, handle).then(toNames, endOf),
    close: async (handle) => void (await channel.ask(packets.close, handle)),
    stat: async (file) => toFacts((await path(packets.stat, file)).attributes()),
    lstat: async (file) => toFacts((await path(packets.lstat, file)).attributes()),
    realpath: async (file) => toNames(await path(packets.realpath, file))[0]?.raw ?? '',
  }
}

/** Matches answers to what was asked. */
class Channel {
  readonly #connection: Connection
  readonly #channel: ClientChannel
  readonly #packets = new Packets()
  readonly #waiting = new Map<number, Settle<Fields>>()
  #lastId = 0

  constructor(connection: Connection, channel: ClientChannel) {
    this.#connection = connection
    this.#channel = channel
    channel.on('data', (chunk: Buffer) => this.#receive(chunk))
    channel.on('error', (error: Error) => connection.end(error.message))
    channel.on('close', () => connection.end('The server closed the SFTP session'))
    channel.stderr.resume()
  }

  async begin(): Promise<void> {
    await this.#connection.call<Fields>((settle) => {
      this.#waiting.set(0, settle)
      this.#channel.write(packet(packets.init, version))
    })
  }

  ask(type: number, field: Buffer): Promise<Fields> {
    this.#lastId = (this.#lastId + 1) % 2 ** 32 || 1
    return this.#connection.call((settle) => {
      this.#waiting.set(this.#lastId, settle)
      this.#channel.write(packet(type, this.#lastId, field))
    })
  }

  #receive(chunk: Buffer): void {
    try {
      for (const bytes of this.#packets.push(chunk)) this.#answer(new Fields(bytes))
    } catch (error) {
      this.#connection.end(`it sent what is not SFTP: ${String(error)}`)
    }
  }

  #answer(fields: Fields): void {
    const type = fields.byte()
    const id = type === packets.version ? 0 : fields.uint32()
    const settle = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (type === packets.status) settle?.(...toOutcome(fields))
    else settle?.(undefined, fields)
  }
}

/** Some servers leave the words out. */
function toOutcome(fields: Fields): Parameters<Settle<Fields>> {
  const code = fields.uint32()
  return code === 0 ? [undefined, fields] : [Object.assign(new Error(wordsOf(fields)), { code })]
}

function wordsOf(fields: Fields): string {
  try {
    return fields.string().toString() || 'Failure'
  } catch {
    return 'Failure'
  }
}

function toNames(fields: Fields): ReadName[] {
  return Array.from({ length: fields.uint32() }, () => {
    const raw = fields.string().toString('latin1')
    fields.string()
    return { raw, attributes: fields.attributes() }
  })
}

function endOf(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === status.EOF) return undefined
  throw error
}
