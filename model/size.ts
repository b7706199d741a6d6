/** Sizes as people write them: `10MB` is 10,000,000 bytes, `10MiB` 10,485,760; a bare number counts bytes. */
const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Whole bytes. Fails with a RangeError whose message is one sentence for people. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim())
  const unit = unitBytes[match?.[2] || 'B']
  if (!match || unit === undefined)
    throw new RangeError(`"${text}" is not a size: write a number of bytes, or 10kB, 10MB, 10MiB, 1GiB.`)
  const bytes = Math.round(Number(match[1]) * unit)
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`The size "${text}" is too large.`)
  return bytes
}

const shownUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Three digits and a unit, `4.96 MB`: for people. */
export function formatSize(bytes: number): string {
  let index = 0
  let value = bytes
  while (value >= 999.5 && index < shownUnits.length - 1) {
    value /= 1000
    index++
  }
  const digits = index === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${shownUnits[index]}`
}
