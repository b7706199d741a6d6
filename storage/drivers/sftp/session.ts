import type { Stats } from 'ssh2'
import type { ByteSession } from './byte-session.ts'
import { openByteSession } from './byte-session.ts'
import type { Connection, Settle } from './connection.ts'
import { toFacts, type Facts } from './info.ts'

export type Handle = Buffer

/** Of those that can be combined, the ones that every server knows: as fopen's `r`, `r+` and `wx`. */
export const openFlags = { read: 0x01, update: 0x03, createNew: 0x3a } as const

/** Of a file system: bytes and files that are free for us. */
export interface Space {
  readonly bytes: number
  readonly files: number
}

/** The requests of SFTP, as promises. Paths are text: UTF-8 on the wire. They fail with ssh2's errors, whose `code` is the status. */
export class Session {
  readonly #connection: Connection
  #bytes: Promise<ByteSession> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get isEnded(): boolean {
    return this.#connection.isEnded
  }

  /** For names that are not UTF-8: ssh2 decodes names, and loses what is not. */
  async bytes(): Promise<ByteSession> {
    this.#bytes ??= openByteSession(this.#connection)
    return await this.#bytes
  }

  open(path: string, flags: number): Promise<Handle> {
    return this.#call((settle) => this.#sftp.open(path, flags, settle))
  }

  close(handle: Handle): Promise<void> {
    return this.#call((settle) => this.#sftp.close(handle, settle))
  }

  /** How many bytes came: fewer than asked only at the end, or where a server sends less at a time. */
  read(handle: Handle, into: Buffer, position: number): Promise<number> {
    return this.#call((settle) => this.#sftp.read(handle, into, 0, into.length, position, settle))
  }

  write(handle: Handle, bytes: Buffer, position: number): Promise<void> {
    return this.#call((settle) => this.#sftp.write(handle, bytes, 0, bytes.length, position, settle))
  }

  async stat(path: string): Promise<Facts> {
    return toFacts(await this.#call<Stats>((settle) => this.#sftp.stat(path, settle)))
  }

  async lstat(path: string): Promise<Facts> {
    return toFacts(await this.#call<Stats>((settle) => this.#sftp.lstat(path, settle)))
  }

  async fstat(handle: Handle): Promise<Facts> {
    return toFacts(await this.#call<Stats>((settle) => this.#sftp.fstat(handle, settle)))
  }

  truncate(handle: Handle, size: number): Promise<void> {
    return this.#call((settle) => this.#sftp.fsetstat(handle, { size }, settle))
  }

  setTime(handle: Handle, seconds: number): Promise<void> {
    return this.#call((settle) => this.#sftp.futimes(handle, seconds, seconds, settle))
  }

  setPathTime(path: string, seconds: number): Promise<void> {
    return this.#call((settle) => this.#sftp.utimes(path, seconds, seconds, settle))
  }

  mkdir(path: string): Promise<void> {
    return this.#call((settle) => this.#sftp.mkdir(path, settle))
  }

  rmdir(path: string): Promise<void> {
    return this.#call((settle) => this.#sftp.rmdir(path, settle))
  }

  unlink(path: string): Promise<void> {
    return this.#call((settle) => this.#sftp.unlink(path, settle))
  }

  realpath(path: string): Promise<string> {
    return this.#call((settle) => this.#sftp.realpath(path, settle))
  }

  /** Fails where the name is taken, with most servers. */
  rename(path: string, target: string): Promise<void> {
    return this.#call((settle) => this.#sftp.rename(path, target, settle))
  }

  replace(path: string, target: string): Promise<void> {
    return this.#call((settle) => this.#sftp.ext_openssh_rename(path, target, settle))
  }

  link(path: string, target: string): Promise<void> {
    return this.#call((settle) => this.#sftp.ext_openssh_hardlink(path, target, settle))
  }

  sync(handle: Handle): Promise<void> {
    return this.#call((settle) => this.#sftp.ext_openssh_fsync(handle, settle))
  }

  async space(path: string): Promise<Space> {
    const { f_frsize, f_bavail, f_favail } = await this.#call<Record<'f_frsize' | 'f_bavail' | 'f_favail', number>>((settle) => this.#sftp.ext_openssh_statvfs(path, settle))
    return { bytes: f_frsize * f_bavail, files: f_favail }
  }

  get #sftp() {
    return this.#connection.sftp
  }

  #call<T>(send: (settle: Settle<T>) => void): Promise<T> {
    return this.#connection.call(send)
  }
}
