/**
 * Names as a file system has them: bytes, held one a character (latin1), so that `<` is byte order. Names that are not UTF-8
 * cannot be keys; they are shown with `\xNN` for the bytes that do not fit.
 */
export type ByteString = string

export const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function toBytes(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** `bytes` are UTF-8: those of a key, or of a name that `show` gave. */
export function toText(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The name itself where it is UTF-8, else a form of it that is. */
export function show(raw: ByteString): ByteString {
  return isAscii(raw) || isUtf8(Buffer.from(raw, 'latin1')) ? raw : escape(Buffer.from(raw, 'latin1'))
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

function escape(bytes: Buffer): ByteString {
  let shown = ''
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at)
    shown += length > 0 ? bytes.toString('latin1', at, at + length) : `\\x${bytes.toString('hex', at, at + 1)}`
    at += Math.max(1, length)
  }
  return shown
}

/** Bytes of the UTF-8 character that begins at `at`; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  return [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? 0
}
