import { Socket } from 'node:net'

type Done = (error?: Error | null) => void

/** Hands what is written in one turn of the event loop to the system at once: ssh2 writes each packet in pieces, and has many packets a turn. */
export class GatheringSocket extends Socket {
  #gathers = false

  override write(bytes: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean {
    this.#gather()
    return typeof encoding === 'function' ? super.write(bytes, encoding) : super.write(bytes, encoding, done)
  }

  #gather(): void {
    if (this.#gathers) return
    this.#gathers = true
    this.cork()
    process.nextTick(() => {
      this.#gathers = false
      this.uncork()
    })
  }
}
