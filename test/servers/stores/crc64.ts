import { createCRC64 } from 'hash-wasm'

/** CRC-64/XZ, which OSS publishes in decimal. Check value: "123456789" → 995DC9BBDF1939FA. */
export type Crc64 = bigint

type Hasher = Awaited<ReturnType<typeof createCRC64>>

const shared = await createCRC64()
const idle: Hasher[] = []

export function crc64(bytes: Uint8Array): Crc64 {
  shared.init()
  shared.update(bytes)
  return BigInt(`0x${shared.digest()}`)
}

/** For a body that comes in chunks; `digest` gives the hasher back. */
export interface RunningCrc64 {
  update(chunk: Uint8Array): void
  digest(): Crc64
}

export async function startCrc64(): Promise<RunningCrc64> {
  const hasher = idle.pop() ?? (await createCRC64())
  hasher.init()
  return {
    update: chunk => void hasher.update(chunk),
    digest: () => {
      idle.push(hasher)
      return BigInt(`0x${hasher.digest()}`)
    },
  }
}

/** The CRC of `a` followed by `b`, from their CRCs and the length of `b`. */
export type Combine = (a: bigint, b: bigint, lengthOfB: number) => bigint

export const combineCrc64: Combine = combiner(64n, 0xc96c5795d7870f42n)
export const combineCrc32: Combine = combiner(32n, 0xedb88320n)

function combiner(bits: bigint, polynomial: bigint): Combine {
  const one = 1n << (bits - 1n)
  const shift = shifter(one, polynomial)
  return (a, b, lengthOfB) => (lengthOfB === 0 ? a : multiply(shift(lengthOfB), a, one, polynomial) ^ b)
}

function multiply(a: bigint, b: bigint, one: bigint, polynomial: bigint): bigint {
  let product = 0n
  for (let bit = one; bit !== 0n && (a & ((bit << 1n) - 1n)) !== 0n; bit >>= 1n) {
    if (a & bit) product ^= b
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n
  }
  return product
}

/** x to the power of 8 × bytes, modulo the polynomial. Parts mostly have one length, so the last few are kept. */
function shifter(one: bigint, polynomial: bigint): (bytes: number) => bigint {
  const shifts = new Map<number, bigint>()
  return bytes => {
    const known = shifts.get(bytes)
    if (known !== undefined) return known
    let result = one
    let power = one >> 1n
    for (let exponent = BigInt(bytes) * 8n; exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = multiply(power, result, one, polynomial)
      power = multiply(power, power, one, polynomial)
    }
    if (shifts.size > 64) shifts.clear()
    shifts.set(bytes, result)
    return result
  }
}
