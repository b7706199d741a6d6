/** CRC-64/XZ, as OSS publishes it. `crc64Combine` joins the checksums of neighbours without their bytes. Pure. */

/** The polynomial x^64 + …, reflected: bit 63 is x^0. */
const polynomial = 0xc96c5795d7870f42n
const one = 1n << 63n

/** The checksum of `a` followed by `b`, both in decimal; `bBytes` is the length of `b`. */
export function crc64Combine(a: string, b: string, bBytes: number): string {
  return (multiply(powerOfBytes(bBytes), BigInt(a)) ^ BigInt(b)).toString()
}

/** The checksum of parts in order. */
export function crc64OfParts(parts: readonly { readonly crc64: string; readonly size: number }[]): string {
  return parts.reduce((sum, { crc64, size }) => crc64Combine(sum, crc64, size), '0')
}

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n
  for (let bit = one; bit !== 0n && a !== 0n; bit >>= 1n) {
    if (a & bit) product ^= b
    a &= ~bit
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n
  }
  return product
}

/** x^(2^k), k counting from 0. */
const squares: bigint[] = [one >> 1n]
function square(k: number): bigint {
  for (let i = squares.length; i <= k; i++) squares.push(multiply(squares[i - 1] ?? one, squares[i - 1] ?? one))
  return squares[k] ?? one
}

/** x^(8 · bytes): parts of one object share a length, so the last answer is kept. */
let lastBytes = 0
let lastPower = one
function powerOfBytes(bytes: number): bigint {
  if (bytes === lastBytes) return lastPower
  let power = one
  let rest = bytes
  for (let k = 3; rest > 0; k++) {
    if (rest % 2 === 1) power = multiply(power, square(k))
    rest = Math.floor(rest / 2)
  }
  lastBytes = bytes
  lastPower = power
  return power
}
