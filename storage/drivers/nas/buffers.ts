/** Read buffers, used again: a copy of many files allocates none. */
const pooledBytes = 1024 * 1024
const smallBytes = 64 * 1024
const mostPooled = 32
const free: Buffer[] = []

export async function withBuffer<T>(wanted: number, use: (buffer: Buffer) => Promise<T>): Promise<T> {
  if (wanted <= smallBytes) return await use(Buffer.allocUnsafe(Math.max(1, wanted)))
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(pooledBytes)
  try {
    return await use(buffer)
  } finally {
    if (free.length < mostPooled) free.push(buffer)
  }
}
