import type { Hashes } from '../../storage.ts'
import { unquote } from './listing.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { Headers } from './signing.ts'

export const hexToBase64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
const base64ToHex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

/**
 * The ETag where it is the MD5 of the bytes: 32 hex digits (those of multipart uploads end in `-<parts>`), and not encrypted
 * with a key of KMS or of the customer's own.
 */
export function md5OfEtag(etag: string | undefined, encryption?: string): Hashes {
  if (etag === undefined || /kms/i.test(encryption ?? '') || !/^[0-9a-f]{32}$/i.test(etag)) return {}
  return { md5: etag.toLowerCase() }
}

/** Amazon's checksum headers, hex for base64. One of parts' checksums (`…-3`) is not of the object's bytes. */
export function amzChecksums(value: (name: 'crc32' | 'crc32c') => string | undefined): Hashes {
  const crc32 = wholeChecksum(value('crc32'))
  const crc32c = wholeChecksum(value('crc32c'))
  return { ...(crc32 && { crc32 }), ...(crc32c && { crc32c }) }
}

function wholeChecksum(base64: string | undefined): string | undefined {
  return base64 === undefined || base64.includes('-') ? undefined : base64ToHex(base64)
}

/** Stores take one checksum header of this kind a request: the cheapest known one is sent. */
export function toAmzChecksum(hashes: Hashes): Headers {
  if (hashes.crc32 !== undefined) return { 'x-amz-checksum-crc32': hexToBase64(hashes.crc32) }
  if (hashes.crc32c !== undefined) return { 'x-amz-checksum-crc32c': hexToBase64(hashes.crc32c) }
  return {}
}

export function toContentMd5(hashes: Hashes): Headers {
  return hashes.md5 === undefined ? {} : { 'content-md5': hexToBase64(hashes.md5) }
}

export function etagOf(headers: ReceivedHeaders): string | undefined {
  const etag = header(headers, 'etag')
  return etag && unquote(etag)
}

/** As OSS, COS and KS3 state it: CRC-64/XZ in decimal. */
export const toCrc64 = (crc64: string | undefined): Hashes => (crc64 ? { crc64 } : {})
