const quote = 0x22
const newline = 0x0a

/** Counts the records of a CSV that arrives in chunks, its header left out: line ends inside quotes do not count. */
export function createRowCounter(): { add(bytes: Uint8Array): void; rows(): number } {
  let records = 0
  let quoted = false
  let open = false
  return {
    add(bytes) {
      for (const byte of bytes) {
        if (byte === quote) quoted = !quoted
        open = byte !== newline || quoted
        if (!open) records++
      }
    },
    rows: () => Math.max(0, records + (open ? 1 : 0) - 1),
  }
}
