const quote = 0x22
const newline = 0x0a

/** Where the last whole row of CSV ends: a line break outside quotes. 0: there is none. */
export function lastRowEnd(bytes: Uint8Array): number {
  let quoted = false
  let end = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === quote) quoted = !quoted
    else if (bytes[i] === newline && !quoted) end = i + 1
  }
  return end
}
