import { createCipheriv, createSecretKey, randomFillSync, type CipherGCMTypes, type KeyObject } from 'node:crypto'
import type { Socket } from 'node:net'

/** What ssh2 asks of the cipher of what it sends. It fills an allocated packet and has it encrypted before it asks for the next. */
export interface OutboundCipher {
  /** Of the next packet. */
  readonly outSeqno: number
  allocPacket(payloadBytes: number): Buffer
  encrypt(packet: Buffer): void
  free(): void
}

/** Where ssh2's own cipher stands, between two packets. */
export interface GcmState {
  readonly name: CipherGCMTypes
  readonly key: Buffer
  /** 12 bytes, of which the last 8 count packets. */
  readonly iv: Buffer
  readonly outSeqno: number
}

const blockBytes = 16
const headBytes = 5
const leastPadding = 4
/** Larger ones than this carry a file's bytes. */
const smallBytes = 4 * 1024
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * AES-GCM as in RFC 5647. Other than ssh2's own it fills one buffer again and again, and frees each encrypted packet once it is
 * sent: what lies outside of V8's heap makes it mark the whole heap each 64 MiB.
 */
export class GcmCipher implements OutboundCipher {
  readonly #socket: Socket
  readonly #name: CipherGCMTypes
  readonly #key: KeyObject
  readonly #iv: Buffer
  #isFreed = false
  outSeqno: number

  constructor(socket: Socket, { name, key, iv, outSeqno }: GcmState) {
    this.#socket = socket
    this.#name = name
    this.#key = createSecretKey(key)
    this.#iv = Buffer.from(iv)
    this.outSeqno = outSeqno
  }

  free(): void {
    this.#isFreed = true
  }

  allocPacket(payloadBytes: number): Buffer {
    const bare = 1 + payloadBytes + leastPadding
    const padding = leastPadding + ((blockBytes - (bare % blockBytes)) % blockBytes)
    const length = headBytes + payloadBytes + padding
    const packet = length > smallBytes && length <= scratch.length ? scratch.subarray(0, length) : Buffer.allocUnsafe(length)
    packet.writeUInt32BE(length - 4, 0)
    packet.writeUInt8(padding, 4)
    fillRandom(packet, headBytes + payloadBytes)
    return packet
  }

  encrypt(packet: Buffer): void {
    if (this.#isFreed || !this.#socket.writable) return
    const cipher = createCipheriv(this.#name, this.#key, this.#iv)
    const head = Buffer.from(packet.subarray(0, 4))
    const body = cipher.setAAD(head).update(packet.subarray(4))
    cipher.final()
    this.#send(head, body, cipher.getAuthTag())
    countUp(this.#iv)
    this.outSeqno = (this.outSeqno + 1) % 2 ** 32
  }

  #send(head: Buffer, body: Buffer<ArrayBuffer>, tag: Buffer): void {
    if (body.length <= smallBytes) return void this.#socket.write(Buffer.concat([head, body, tag]))
    this.#socket.write(head)
    this.#socket.write(body, () => void body.buffer.transfer(0))
    this.#socket.write(tag)
  }
}

/** Carries from byte to byte. */
function countUp(iv: Buffer): void {
  for (let at = iv.length - 1; at >= 4; at--) {
    const next = (iv.readUInt8(at) + 1) % 256
    iv.writeUInt8(next, at)
    if (next !== 0) return
  }
}

const noise = Buffer.allocUnsafeSlow(4 * 1024)
let noiseAt = noise.length

/** The padding: asked for a few bytes at a time, randomness costs more than the bytes. */
function fillRandom(packet: Buffer, from: number): void {
  const bytes = packet.length - from
  if (noiseAt + bytes > noise.length) {
    randomFillSync(noise)
    noiseAt = 0
  }
  noise.copy(packet, from, noiseAt, noiseAt + bytes)
  noiseAt += bytes
}
