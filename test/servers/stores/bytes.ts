import { isUtf8 } from 'node:buffer'

/**
 * Keys and header values are held as byte strings: one character a byte (latin1), as Node hands them out. Their `<` is the byte
 * order that OSS lists in, nothing is normalised on the way, and signatures see what was sent.
 */
export type ByteString = string

export const toBytes = (text: string): ByteString => Buffer.from(text, 'utf8').toString('latin1')
export const toText = (bytes: ByteString): string => Buffer.from(bytes, 'latin1').toString('utf8')

// eslint-disable-next-line no-control-regex
const ascii = /^[\x00-\x7f]*$/

export const isValidUtf8 = (bytes: ByteString): boolean => ascii.test(bytes) || isUtf8(Buffer.from(bytes, 'latin1'))

/** Undefined where a `%` is not followed by two hex digits. '+' stays '+'. */
export function percentDecode(text: string): ByteString | undefined {
  if (!text.includes('%')) return text
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** As forms and parameters of URLs are encoded: `+` is a space. */
export const formDecode = (text: string): ByteString | undefined => percentDecode(text.replaceAll('+', ' '))

const percent = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
const encodeByte = (char: string): string => percent[char.charCodeAt(0)] ?? char

/** RFC 3986: everything but letters, digits and `-._~`. */
export const percentEncode = (bytes: ByteString): string => bytes.replace(/[^A-Za-z0-9\-._~]/g, encodeByte)
/** The same with `/` kept. */
export const percentEncodePath = (bytes: ByteString): string => bytes.replace(/[^A-Za-z0-9\-._~/]/g, encodeByte)

/** `trim` would take the byte A0, the end of many a character, for a space. */
export const trimmed = (bytes: ByteString | undefined): ByteString => bytes?.replace(/^[ \t]+|[ \t]+$/g, '') ?? ''
