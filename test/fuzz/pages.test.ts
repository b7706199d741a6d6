import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scanPage as scanAzure } from '../../storage/drivers/azblob/listing.ts'
import { parseRow } from '../../storage/drivers/http/row.ts'
import { scanPage } from '../../storage/drivers/s3/listing.ts'
import { isStorageError } from '../../storage/error.ts'
import { encodeText } from '../../storage/http/encode.ts'
import { encodeEntities } from '../../storage/http/xml.ts'
import type { ListEntry } from '../../storage/storage.ts'
import { printedSeed } from '../support/seed.ts'
import { answerOf, longTexts, textOf } from './support.ts'

const numRuns = 2_000
const pieces = [
  '<ListBucketResult>', '</ListBucketResult>', '<Contents>', '</Contents>', '<Key>', '</Key>', '<Size>', '</Size>', '<LastModified>2026-11-23T15:00:00.000Z</LastModified>', '1',
  '<IsTruncated>true</IsTruncated>', '<EncodingType>url</EncodingType>', '<NextContinuationToken>', '</NextContinuationToken>', '%', '%41', '&amp;', '&#x110000;', '&#x', ';', '<', '>', '<!--', '<![CDATA[',
  '<EnumerationResults>', '</EnumerationResults>', '<Blob>', '</Blob>', '<Name Encoded="true">', '<Name>', '</Name>', '<Properties>', '</Properties>', '<Content-Length>', '</Content-Length>', '<Last-Modified>Mon, 23 Nov 2026 10:00:00 GMT</Last-Modified>', '\ufeff',
]
const isUnexpected = (error: unknown): boolean => isStorageError(error, 'unexpected')
const isWhole = ({ key, size, mtimeMs }: ListEntry): boolean => key !== '' && Number.isSafeInteger(size) && Number.isFinite(mtimeMs)

describe.each([['S3', (xml: string) => scanPage(xml, true)], ['Azure', scanAzure]] as const)('a page of %s', { timeout: 30_000 }, (name, scan) => {
  const sound = (xml: string): boolean => answerOf(() => scan(xml), isUnexpected)?.entries.every(isWhole) ?? true
  it('is read into whole entries, or refused', () => {
    fc.assert(fc.property(textOf(...pieces), sound), { seed: printedSeed(`pages of ${name}`), numRuns })
  })
  it('takes no longer for being strange', () => {
    for (const xml of longTexts(...pieces)) expect(sound(`<ListBucketResult><EnumerationResults>${xml}</EnumerationResults></ListBucketResult>`)).toBe(true)
  })
})

describe('a page as a store writes it', () => {
  const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 20 })
  const entry = (name: string, size: number) => `<Contents><Size>${size}</Size><Key>${name}</Key><LastModified>2026-11-23T15:00:00.000Z</LastModified></Contents>`
  it('gives back every name, plain or URL-encoded, and is refused when it is cut anywhere', () => {
    fc.assert(fc.property(keys, fc.boolean(), fc.nat(10_000), (names, encoded, cut) => {
      const write = encoded ? encodeText : encodeEntities
      const xml = `<ListBucketResult>${encoded ? '<EncodingType>url</EncodingType>' : ''}${names.map((name, i) => entry(write(name), i)).join('')}</ListBucketResult>`
      expect(scanPage(xml, false).entries.map(({ key, size }) => [key, size])).toEqual(names.map((name, i) => [name, i]))
      expect(answerOf(() => scanPage(xml.slice(0, cut % xml.length), false), isUnexpected)).toBeUndefined()
    }), { seed: printedSeed('pages written'), numRuns: 300 })
  })
})

describe('a row of an HTTP list', () => {
  const rowPieces = ['http://a.example/', 'https%3A%2F%2F', '\t', '%', '%09', '+', 'name', '\r', '\ufeff', ':', '//', 'ftp://x']
  const sound = (bytes: Uint8Array): boolean => {
    const row = parseRow(bytes)
    return row === undefined || 'fault' in row || (/^https?:/.test(row.url) && typeof row.key === 'string')
  }
  it('is read, or is bad with a sentence, whatever its bytes are', { timeout: 30_000 }, () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), textOf(...rowPieces).map((text) => new TextEncoder().encode(text)))
    fc.assert(fc.property(bytes, sound), { seed: printedSeed('rows of lists'), numRuns })
    for (const text of longTexts(...rowPieces)) expect(sound(new TextEncoder().encode(text))).toBe(true)
  })
})
