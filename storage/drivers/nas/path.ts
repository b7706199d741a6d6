import { isAscii, type ByteString } from '../../tree/names.ts'

/** For Node's fs, which takes a string for UTF-8. */
export function toPath(bytes: ByteString): string | Buffer {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1')
}
