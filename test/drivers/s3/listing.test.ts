import { describe, expect, it } from 'vitest'
import { scanPage } from '../../../storage/drivers/s3/listing.ts'

const page = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`
const entry = (inner: string): string => `<Contents>${inner}</Contents>`
const rest = '<Size>1</Size><LastModified>2026-11-23T15:00:00.000Z</LastModified>'
const keys = (xml: string): string[] => scanPage(page(xml.replaceAll('</Contents>', `${rest}</Contents>`)), false).entries.map(({ key }) => key)

describe('a page of a listing', () => {
  it('is read whatever the order of fields, inside one entry only', () => {
    const xml = page(
      '<Name>b</Name><IsTruncated>false</IsTruncated>' +
        entry('<ETag>&quot;aa&quot;</ETag><Size>1</Size><LastModified>2026-11-23T15:00:00.000Z</LastModified><Key>a</Key>') +
        entry(
          '<Key>b</Key><LastModified>2026-11-23T15:00:00.123Z</LastModified><Size>9007199254740991</Size><Owner><ID>1</ID></Owner><StorageClass>IA</StorageClass>',
        ),
    )
    expect(scanPage(xml, false)).toEqual({
      truncated: false,
      entries: [
        { key: 'a', size: 1, mtimeMs: Date.UTC(2026, 10, 23, 15), etag: 'aa' },
        { key: 'b', size: 9007199254740991, mtimeMs: Date.UTC(2026, 10, 23, 15) + 123, storageClass: 'IA' },
      ],
    })
  })

  it('has entities decoded once', () => {
    expect(keys(entry('<Key>&lt;a&gt; &amp;amp; &#x4E2D;&#228;&#x1F600; &apos;&quot; &unknown;</Key>'))).toEqual([
      `<a> &amp; 中ä😀 '" &unknown;`,
    ])
  })

  it('is URL-decoded only when it says so', () => {
    const contents = entry('<Key>a%2Bb+c%25%E4%B8%AD</Key>')
    expect(keys(`<EncodingType>url</EncodingType>${contents}`)).toEqual(['a+b c%中'])
    expect(keys(`${contents}<EncodingType>url</EncodingType>`)).toEqual(['a+b c%中'])
    expect(keys(contents)).toEqual(['a%2Bb+c%25%E4%B8%AD'])
  })

  it('takes what the page says of itself from outside of the entries', () => {
    const contents = entry(`<Key>k</Key>${rest}<IsTruncated>false</IsTruncated>`)
    const after = scanPage(
      page(`${contents}<NextContinuationToken>t+1/%3D</NextContinuationToken><IsTruncated>true</IsTruncated>`),
      false,
    )
    expect(after).toMatchObject({ truncated: true, token: 't+1/%3D' })
    const encoded = scanPage(
      page(`<EncodingType>url</EncodingType><NextContinuationToken>t%2B1+</NextContinuationToken>${contents}`),
      true,
    )
    expect(encoded).toMatchObject({ truncated: false, token: 't+1+' })
  })

  it('of version 1 has the next marker decoded as keys are', () => {
    const said = '<EncodingType>url</EncodingType><NextMarker>a%2Bb+c</NextMarker><IsTruncated>true</IsTruncated>'
    expect(scanPage(page(said), false)).toEqual({ entries: [], truncated: true, marker: 'a+b c' })
  })

  it.each([
    ['a page of another kind', '<html><body>Please log in</body></html>'],
    ['half a page', page(entry(`<Key>k</Key>${rest}`)).slice(0, -5)],
    ['a page cut within an entry', page(entry(`<Key>k</Key>${rest}`)).slice(0, -60)],
    ['an entry without a name', page(entry(rest))],
    ['an entry without a size', page(entry('<Key>k</Key><LastModified>2026-11-23T15:00:00.000Z</LastModified>'))],
    ['a name that is not URL-encoded', page(`<EncodingType>url</EncodingType>${entry(`<Key>100%</Key>${rest}`)}`)],
  ])('is refused where it is %s: it would be taken for an empty or a short one', (_, xml) => {
    expect(() => scanPage(xml, false)).toThrow(expect.objectContaining({ kind: 'unexpected' }))
  })

  it('leaves entities alone that are none', () => {
    expect(keys(entry('<Key>&#x110000; &constructor; &#99999999999; &#x41;</Key>'))).toEqual(['&#x110000; &constructor; &#99999999999; A'])
  })

  it('may be empty', () => {
    expect(scanPage(page('<IsTruncated>false</IsTruncated><Contents/>'), false)).toEqual({ entries: [], truncated: false })
  })
})
