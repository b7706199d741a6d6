/** How a vendor keeps text beyond ASCII in user metadata. `encode` gives undefined for what it cannot keep. */
export interface MetadataText {
  readonly encode: (value: string) => string | undefined
  readonly decode: (value: string) => string
}

const visible = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
const encodedWords = /^=\?utf-8\?[bq]\?[^?]*\?=(?:\s+=\?utf-8\?[bq]\?[^?]*\?=)*$/i

/**
 * RFC 2047: Amazon S3 decodes `=?UTF-8?B?…?=` before it stores, encodes it before it answers, and reads raw UTF-8 as latin1.
 * Stores that know nothing of it keep the encoded text, so that it comes back whole from them too.
 */
export const rfc2047: MetadataText = {
  encode: (value) =>
    value === '' || (visible.test(value) && !encodedWords.test(value))
      ? value
      : `=?UTF-8?B?${Buffer.from(value, 'utf8').toString('base64')}?=`,
  decode: (value) => (encodedWords.test(value) ? value.split(/\s+/).map(decodeWord).join('') : value),
}

/** The value's UTF-8 bytes as they are. HTTP trims spaces at the ends and has no control characters. */
export const rawUtf8: MetadataText = {
  encode: (value) => (/[\x00-\x1f\x7f]/.test(value) || value !== value.trim() ? undefined : value),
  decode: (value) => value,
}

function decodeWord(word: string): string {
  const [, , kind = '', text = ''] = word.split('?')
  return kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : decodeQ(text)
}

function decodeQ(text: string): string {
  const latin1 = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(latin1, 'latin1').toString('utf8')
}
