import { describe, expect, it } from 'vitest'
import { parseRow } from '../../../storage/drivers/http/row.ts'

const parse = (text: string) => parseRow(Buffer.from(text))

describe('a row of a list of URLs', () => {
  it.each([
    ['http://a.example/x.jpg\tx.jpg', 'http://a.example/x.jpg', 'x.jpg'],
    ['https://a.example/x?sign=a%2Bb&t=1\tdir/x', 'https://a.example/x?sign=a%2Bb&t=1', 'dir/x'],
    ['http://a.example/x\tx\r', 'http://a.example/x', 'x'],
    ['http://a.example/%23%E5%9B%BE\tpics/%23%E5%9B%BE%2B%25%2C', 'http://a.example/%23%E5%9B%BE', 'pics/#图+%,'],
    ['http://a.example/图 1\t图+1', 'http://a.example/%E5%9B%BE%201', '图 1'],
    ['http%3A%2F%2Fa.example%2Fa%2520b\ta%20b', 'http://a.example/a%20b', 'a b'],
    ['http://a.example/x\t%09tab%0Aline', 'http://a.example/x', '\ttab\nline'],
  ])('%j', (text, url, key) => {
    expect(parse(text)).toEqual({ url, key })
  })

  it.each([
    ['http://a.example/x x', 'no tab'],
    ['/x.jpg\tx', 'no URL'],
    ['a.example/x\tx', 'no URL'],
    ['\tx', 'no URL'],
    ['ftp://a.example/x\tx', 'scheme "ftp"'],
    ['http://a.example/x\t', 'no file name'],
    ['http://a.example/x\ta\tb', 'second tab'],
    ['http://a.example/x\t100%', 'not URL-encoded'],
    ['http://a.example/x\t%ff', 'not URL-encoded'],
    [`http://a.example/x\t${'x'.repeat(65_536)}`, 'more than'],
  ])('%j is bad', (text, why) => {
    expect(parse(text)).toEqual({ fault: expect.stringContaining(why) as string })
  })

  it('is bad where its bytes are not UTF-8, and nothing where it is empty', () => {
    expect(parseRow(Buffer.from([0x68, 0xff]))).toEqual({ fault: 'is not UTF-8' })
    expect([parse(''), parse('\r')]).toEqual([undefined, undefined])
  })
})
