import { isUtf8 } from 'node:buffer'

/** Names in lower case, values as latin1; what came more than once is joined by commas. */
export type ReceivedHeaders = ReadonlyMap<string, string>

/** As other clients give them. */
export function toReceived(headers: Readonly<Record<string, string | readonly string[] | number | undefined>>): ReceivedHeaders {
  const received = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) received.set(name, typeof value === 'object' ? value.join(', ') : String(value))
  }
  return received
}

/** A header's text. Bytes that are UTF-8 are read as such, else as latin1. */
export function header(headers: ReceivedHeaders, name: string): string | undefined {
  const value = headers.get(name)
  return value === undefined ? undefined : toText(value)
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
