/** CRC-64/XZ of bytes in memory, as they come. One instance of its WebAssembly serves all: what goes on is in the register alone. */
import { crc64Module } from './module.ts'

/** Of no bytes yet. */
export const crc64Start = 0xffff_ffff_ffff_ffffn

/** The polynomial x^64 + …, reflected. */
const polynomial = 0xc96c_5795_d787_0f42n
const tables = 16
const tableWords = 256
const tableBytes = 8 * tableWords
const chunkBytes = 64 * 1024

/** As much of it as is used: its types come with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  update(register: bigint, at: number, end: number): bigint
}

const { memory, update } = new WebAssembly.Instance(new WebAssembly.Module(crc64Module)).exports as Exports
const chunk = new Uint8Array(memory.buffer, tables * tableBytes, chunkBytes)
fillTables()

/** The register after `bytes`. */
export function crc64Update(register: bigint, bytes: Uint8Array): bigint {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const part = at === 0 && bytes.length <= chunkBytes ? bytes : bytes.subarray(at, at + chunkBytes)
    chunk.set(part)
    register = update(register, chunk.byteOffset, chunk.byteOffset + part.length)
  }
  return register
}

/** The checksum in decimal, as OSS publishes it. */
export const crc64Digest = (register: bigint): string => BigInt.asUintN(64, ~register).toString()

/** Each table is the one before, moved on by a byte of zeros. */
function fillTables(): void {
  const words = new BigUint64Array(memory.buffer, 0, tables * tableWords)
  for (let i = 0; i < tableWords; i++) {
    let word = BigInt(i)
    for (let bit = 0; bit < 8; bit++) word = word & 1n ? (word >> 1n) ^ polynomial : word >> 1n
    words[i] = word
  }
  for (let i = tableWords; i < words.length; i++) {
    const before = words[i - tableWords] ?? 0n
    words[i] = (before >> 8n) ^ (words[Number(before & 0xffn)] ?? 0n)
  }
}
