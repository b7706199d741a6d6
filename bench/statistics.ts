/** Pure. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)] ?? Number.NaN, sorted[middle] ?? Number.NaN]
  return (low + high) / 2
}

/** How far the largest lies above the smallest: 0.1 is 10 %. */
export const spread = (numbers: readonly number[]): number => Math.max(...numbers) / Math.min(...numbers) - 1
