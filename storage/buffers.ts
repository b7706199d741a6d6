/** Read buffers, used again: a copy of many files allocates none. */
const smallBytes = 64 * 1024
const mostPooled = 32

/** Runs `use` with a buffer of `wanted` bytes, or of `pooledBytes` where that is less. */
export type WithBuffer = <T>(wanted: number, use: (buffer: Buffer) => Promise<T>) => Promise<T>

export function bufferPool(pooledBytes: number): WithBuffer {
  const free: Buffer[] = []
  return async (wanted, use) => {
    if (wanted <= smallBytes) return await use(Buffer.allocUnsafe(Math.max(1, wanted)))
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(pooledBytes)
    try {
      return await use(buffer)
    } finally {
      if (free.length < mostPooled) free.push(buffer)
    }
  }
}
