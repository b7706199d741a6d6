import type { Hashes } from '../../storage.ts'

const hexToBase64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
const base64ToHex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

/** Fields of an object resource: the store refuses a body that differs. */
export function toHashFields({ crc32c, md5 }: Hashes): { readonly crc32c?: string; readonly md5Hash?: string } {
  return { ...(crc32c && { crc32c: hexToBase64(crc32c) }), ...(md5 && { md5Hash: hexToBase64(md5) }) }
}

export function ofHashFields({ crc32c, md5Hash }: { readonly crc32c?: string; readonly md5Hash?: string }): Hashes {
  return { ...(crc32c && { crc32c: base64ToHex(crc32c) }), ...(md5Hash && { md5: base64ToHex(md5Hash) }) }
}

/** `x-goog-hash` of the XML API: the store refuses a part that differs. */
export function toHashHeader({ crc32c, md5 }: Hashes): { readonly 'x-goog-hash'?: string } {
  const stated = [crc32c && `crc32c=${hexToBase64(crc32c)}`, md5 && `md5=${hexToBase64(md5)}`].filter(Boolean)
  return stated.length === 0 ? {} : { 'x-goog-hash': stated.join(',') }
}

/** The header may come twice, or once with a comma. */
export function ofHashHeader(value: string | undefined): Hashes {
  const stated = (name: string): string | undefined => new RegExp(`(?:^|,)\\s*${name}=([^,\\s]+)`).exec(value ?? '')?.[1]
  const crc32c = stated('crc32c')
  const md5Hash = stated('md5')
  return ofHashFields({ ...(crc32c && { crc32c }), ...(md5Hash && { md5Hash }) })
}
