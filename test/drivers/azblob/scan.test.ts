import { describe, expect, it } from 'vitest'
import { scanPage } from '../../../storage/drivers/azblob/listing.ts'

const page = (blobs: string, marker = '<NextMarker />') =>
  `\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://a.blob.core.windows.net/" ContainerName="box"><Blobs>${blobs}</Blobs>${marker}</EnumerationResults>`
const blob = (name: string, metadata = '<Metadata />', properties = '<Content-Length>7</Content-Length>') =>
  `<Blob>${name}<Properties><Creation-Time>x</Creation-Time><Last-Modified>Mon, 23 Nov 2026 10:00:00 GMT</Last-Modified><Etag>0x8D1</Etag>${properties}<Content-MD5 /><BlobType>BlockBlob</BlobType></Properties>${metadata}<OrMetadata /></Blob>`
const keysOf = (xml: string) => scanPage(xml).entries.map(({ key }) => key)

describe('a page of List Blobs', () => {
  it('gives what it says of each blob, and where to go on', () => {
    const tier = '<Content-Length>7</Content-Length><AccessTier>Cool</AccessTier>'
    expect(scanPage(page(blob('<Name>a</Name>', undefined, tier), '<NextMarker>2!76!MDAw</NextMarker>'))).toEqual({
      entries: [{ key: 'a', size: 7, mtimeMs: Date.UTC(2026, 10, 23, 10), etag: '0x8D1', storageClass: 'Cool' }],
      next: '2!76!MDAw',
    })
    expect(scanPage(page(''))).toEqual({ entries: [] })
  })

  it('names blobs as they are: entities, spaces, what XML cannot hold', () => {
    expect(keysOf(page([blob('<Name> a &amp;lt; &#x1F600; </Name>'), blob('<Name Encoded="true">a%EF%BF%BE%2520</Name>'), blob('<Name>%20</Name>')].join('')))).toEqual([' a &lt; \u{1f600} ', 'a\ufffe%20', '%20'])
  })

  it('does not take metadata for properties', () => {
    const metadata = '<Metadata><Etag>no</Etag><Name>no</Name><AccessTier>no</AccessTier><Content-Length>0</Content-Length></Metadata>'
    expect(scanPage(page(blob('<Name>a</Name>', metadata))).entries).toEqual([{ key: 'a', size: 7, mtimeMs: Date.UTC(2026, 10, 23, 10), etag: '0x8D1' }])
  })

  it('leaves folders out, telling their names, and keeps blobs that only say that they are folders', () => {
    const folder = '<Metadata><Hdi_isfolder>true</Hdi_isfolder></Metadata>'
    const xml = page(blob('<Name>dir</Name>', folder, '<Content-Length>0</Content-Length>') + blob('<Name>file</Name>', folder))
    expect(keysOf(xml)).toEqual(['file'])
    expect(scanPage(xml).hidden).toEqual(['dir'])
  })

  it('that is cut is not taken for a short one', () => {
    expect(() => scanPage(page(blob('<Name>a</Name>')).slice(0, -30))).toThrow(expect.objectContaining({ kind: 'unexpected' }))
  })
})
