/** Rates as people write them: `5MB/s` is 5,000,000 bytes a second, `8Mbit/s` a million; a bare 0 holds. */
const unitBytesPerSecond: Readonly<Record<string, number>> = {
  'kB/s': 1e3,
  'KB/s': 1e3,
  'MB/s': 1e6,
  'GB/s': 1e9,
  'TB/s': 1e12,
  'KiB/s': 1024,
  'MiB/s': 1024 ** 2,
  'GiB/s': 1024 ** 3,
  'kbit/s': 125,
  'Mbit/s': 125e3,
  'Gbit/s': 125e6,
}
export const minRate = 1e3
export const maxRate = 1e12

/** Whole bytes a second. Fails with a RangeError whose message is one sentence for people. */
export function parseRate(text: string): number {
  const trimmed = text.trim()
  if (trimmed === '0') return 0
  const match = /^(\d+(?:\.\d+)?)\s*(\S+)$/.exec(trimmed)
  const unit = match && Object.hasOwn(unitBytesPerSecond, match[2]!) ? unitBytesPerSecond[match[2]!] : undefined
  if (!match || unit === undefined)
    throw new RangeError(`"${text}" is not a rate: write 5MB/s, 512KiB/s, 100Mbit/s, or 0 to hold.`)
  const rate = Math.round(Number(match[1]) * unit)
  if (rate < minRate || rate > maxRate)
    throw new RangeError(`The rate "${text}" lies outside 1 kB/s to 1 TB/s (0 holds the job).`)
  return rate
}

/** The shortest text that `parseRate` reads as exactly this rate: `5MB/s`, `512KiB/s`, `0`. */
export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond === 0) return '0'
  const texts = shownUnits.map((unit) => `${bytesPerSecond / unitBytesPerSecond[unit]!}${unit}`)
  const exact = texts.filter((text) => !text.includes('e') && parseRate(text) === bytesPerSecond)
  return exact.reduce((shortest, text) => (text.length < shortest.length ? text : shortest))
}
const shownUnits = ['kB/s', 'MB/s', 'GB/s', 'KiB/s', 'MiB/s', 'GiB/s'] as const
