/** SFTP version 3 on the wire, as far as names go as bytes. */
import type { Attributes } from './info.ts'

export const packets = {
  init: 1, version: 2, close: 4, lstat: 7, opendir: 11, readdir: 12, realpath: 16, stat: 17,
  status: 101, handle: 102, name: 104, attrs: 105,
} as const

const mostBytes = 1024 * 1024
const flags = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x80000000 } as const

/** `init` has its version where others have their id. */
export function packet(type: number, id: number, field?: Buffer): Buffer {
  const body = Buffer.allocUnsafe(field ? 13 + field.length : 9)
  body.writeUInt32BE(body.length - 4, 0)
  body.writeUInt8(type, 4)
  body.writeUInt32BE(id, 5)
  if (!field) return body
  body.writeUInt32BE(field.length, 9)
  field.copy(body, 13)
  return body
}

/** Reads fields one after another; fails with a RangeError where a packet ends early. */
export class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++)
  }

  uint32(): number {
    this.#at += 4
    return this.#bytes.readUInt32BE(this.#at - 4)
  }

  uint64(): number {
    return this.uint32() * 2 ** 32 + this.uint32()
  }

  string(): Buffer {
    const length = this.uint32()
    if (length > this.#bytes.length - this.#at) throw new RangeError('a packet ends within a string')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  attributes(): Attributes {
    const has = this.uint32()
    const size = has & flags.size ? { size: this.uint64() } : {}
    if (has & flags.owner) this.uint64()
    const mode = has & flags.permissions ? { mode: this.uint32() } : {}
    if (has & flags.times) this.uint32()
    const mtime = has & flags.times ? { mtime: this.uint32() } : {}
    for (let left = has & flags.extended ? this.uint32() : 0; left > 0; left--) {
      this.string()
      this.string()
    }
    return { ...size, ...mode, ...mtime }
  }
}

/** Cuts what comes from a channel into packets, without their lengths. */
export class Packets {
  #held: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Buffer[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const whole: Buffer[] = []
    while (this.#held.length >= 4) {
      const end = 4 + this.#held.readUInt32BE(0)
      if (end > mostBytes) throw new RangeError(`a packet of ${end} bytes`)
      if (this.#held.length < end) break
      whole.push(this.#held.subarray(4, end))
      this.#held = this.#held.subarray(end)
    }
    return whole
  }
}
