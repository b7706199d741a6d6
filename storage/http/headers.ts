import { isUtf8 } from 'node:buffer'

/** As undici gives them: names in lower case, values as latin1. */
export type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>

/** A header's text. Bytes that are UTF-8 are read as such, else as latin1. */
export function header(headers: ReceivedHeaders, name: string): string | undefined {
  const value = headers[name]
  if (value === undefined) return undefined
  return toText(typeof value === 'string' ? value : value.join(', '))
}

function toText(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** The latin1 string whose bytes are the UTF-8 form of `text`: what undici wants for a header. */
export function toWire(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}
