import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../../model/address.ts'
import type { Fault } from '../../model/codes.ts'
import { createAddressBook } from '../../worker/config.ts'
import { ConfigError } from '../../worker/config/error.ts'

const good = `
addresses:
  photos:
    vendor: s3
    endpoint: http://127.0.0.1:9000
    region: us-east-1
    bucket: photos
    prefix: 2024/
    accessKeyId: \${PHOTOS_KEY}
    secretAccessKey: \${PHOTOS_SECRET}
  archive: { vendor: oss, endpoint: https://oss-cn-hangzhou.aliyuncs.com, region: cn-hangzhou, bucket: archive, accessKeyId: \${OSS_KEY}, accessKeySecret: \${OSS_SECRET} }
  share: { vendor: nas, path: /mnt/share, mountPoint: nas-1.example.com }
`
const env = { PHOTOS_KEY: 'AK1', PHOTOS_SECRET: 'sk-1', OSS_KEY: 'AK2', OSS_SECRET: 'sk-2' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tranship-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (text: string, name = 'tranship.yaml'): string => {
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
const bookOf = (text: string, environment: Record<string, string> = env) => {
  write(text)
  return createAddressBook({ env: environment, folder })
}
const faultOf = (act: () => unknown): Fault => {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigError) return error.fault
    throw error
  }
  throw new Error('nothing was refused')
}

describe('addresses', () => {
  it('are resolved with the environment filled in', () => {
    const book = bookOf(good)
    expect(book.resolve('photos')).toMatchObject({
      vendor: 's3',
      bucket: 'photos',
      prefix: '2024/',
      accessKeyId: 'AK1',
      secretAccessKey: 'sk-1',
    })
    expect(book.resolve('archive')).toMatchObject({ vendor: 'oss', accessKeySecret: 'sk-2' })
    expect(book.resolve('share')).toEqual({ vendor: 'nas', path: '/mnt/share', mountPoint: 'nas-1.example.com' })
  })

  it('take a prefix of their own behind a colon', () => {
    const book = bookOf(good)
    expect(book.resolve('photos:may/')).toMatchObject({ prefix: '2024/may/' })
    expect(book.resolve('archive:may/')).toMatchObject({ prefix: 'may/' })
    expect(book.resolve('share:may/')).toMatchObject({ folder: 'may/' })
  })

  it('are local folders when they begin with / or ., without any file', () => {
    const book = createAddressBook({ env: {}, folder })
    expect(book.resolve('/data/in')).toEqual({ vendor: 'nas', path: '/data/in' })
    expect(book.resolve('./in/')).toEqual({ vendor: 'nas', path: join(folder, 'in') })
  })

  it('are listed with what is wrong with them', () => {
    const book = bookOf(good, { PHOTOS_KEY: 'AK1', PHOTOS_SECRET: 'sk-1' })
    expect(book.list()).toMatchObject([
      { name: 'photos', vendor: 's3', status: 'Normal', reason: null },
      {
        name: 'archive',
        vendor: 'oss',
        status: 'Invalid',
        reason: 'Address "archive" needs the environment variables OSS_KEY, OSS_SECRET: set them where the worker runs.',
      },
      { name: 'share', vendor: 'nas', status: 'Normal' },
    ])
  })

  it('break alone when a variable is missing', () => {
    const book = bookOf(good, { PHOTOS_KEY: 'AK1', PHOTOS_SECRET: 'sk-1' })
    expect(book.resolve('photos')).toMatchObject({ bucket: 'photos' })
    expect(faultOf(() => book.resolve('archive'))).toMatchObject({
      code: 'AddressIncomplete',
      message: expect.stringContaining('OSS_KEY, OSS_SECRET'),
    })
  })

  it('have variables anywhere in a value, also where a number or a flag stands', () => {
    const book = bookOf(
      'addresses: { abc: { vendor: s3, region: "${R}-1", bucket: "a-${B}-c", pathStyle: "${P}", maxRequestsPerSecond: "${N}" } }',
      { R: 'us', B: 'b', P: 'true', N: '50' },
    )
    expect(book.resolve('abc')).toEqual({
      vendor: 's3',
      region: 'us-1',
      bucket: 'a-b-c',
      pathStyle: true,
      maxRequestsPerSecond: 50,
    })
  })

  it('do not fill in what a variable holds', () => {
    const book = bookOf('addresses: { abc: { vendor: s3, region: "${R}", bucket: b } }', { R: '${HOME}' })
    expect(book.resolve('abc')).toMatchObject({ region: '${HOME}' })
  })

  it('are read again when the file changed', () => {
    const book = bookOf(good)
    expect(book.resolve('archive')).toMatchObject({ bucket: 'archive' })
    utimesSync(write(good.replace('bucket: archive', 'bucket: archiv2')), new Date(), new Date(Date.now() + 5_000))
    expect(book.resolve('archive')).toMatchObject({ bucket: 'archiv2' })
    write('addresses: [')
    expect(faultOf(() => book.resolve('archive')).code).toBe('InvalidParameters')
    write(good)
    expect(book.resolve('archive')).toMatchObject({ bucket: 'archive' })
  })

  it('name their secrets, for those who keep them out of logs', () => expect(bookOf(good).secrets()).toEqual(['sk-1', 'sk-2']))

  it('warn once of each secret in clear, and work', () => {
    const warnings: string[] = []
    write('addresses: { abc: { vendor: s3, region: r, bucket: b, accessKeyId: AK, secretAccessKey: hunter2 } }')
    const book = createAddressBook({ env: {}, folder, onWarning: (warning) => warnings.push(warning) })
    book.resolve('abc')
    book.resolve('abc')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/"abc" holds secretAccessKey in clear/)
    expect(warnings[0]).not.toContain('hunter2')
  })
})

describe('the file', () => {
  it('is --config, else TRANSHIP_CONFIG, else in the current folder', () => {
    const bucket = (name: string): string => `addresses: { abc: { vendor: s3, region: r, bucket: ${name} } }`
    const given = write(bucket('given'), 'given.yaml')
    const noted = write(bucket('noted'), 'noted.yaml')
    write(bucket('here'))
    const of = (options: { path?: string; env: Record<string, string> }) =>
      createAddressBook({ ...options, folder }).resolve('abc')
    expect(of({ path: given, env: { TRANSHIP_CONFIG: noted } })).toMatchObject({ bucket: 'given' })
    expect(of({ path: 'given.yaml', env: {} })).toMatchObject({ bucket: 'given' })
    expect(of({ env: { TRANSHIP_CONFIG: noted } })).toMatchObject({ bucket: 'noted' })
    expect(of({ env: {} })).toMatchObject({ bucket: 'here' })
  })

  it('is missed with all places looked in', () => {
    const { code, message } = faultOf(() => createAddressBook({ env: {}, folder }).resolve('photos'))
    expect(code).toBe('AddressNotExist')
    expect(message).toContain('--config (not given)')
    expect(message).toContain('TRANSHIP_CONFIG (not set)')
    expect(message).toContain(join(folder, 'tranship.yaml'))
    expect(faultOf(() => createAddressBook({ path: 'no.yaml', env: {}, folder }).resolve('photos')).message).toContain(
      join(folder, 'no.yaml'),
    )
  })
})

const refusals: readonly [what: string, yaml: string, ref: string, code: string, message: RegExp, role?: Role][] = [
  ['an unknown address', good, 'photo', 'AddressNotExist', /no address "photo" .*Did you mean "photos"\?/],
  ['a name that cannot be one', good, 'a b', 'AddressNotExist', /"a b" is not an address/],
  [
    'an unknown field',
    'addresses: { abc: { vendor: s3, regoin: x, bucket: b } }',
    'abc',
    'InvalidParameters',
    /unknown field "regoin". Did you mean "region"\?/,
  ],
  [
    'an unknown field like no other',
    'addresses: { abc: { vendor: nas, path: /a, zzz: 1 } }',
    'abc',
    'InvalidParameters',
    /unknown field "zzz". It may have vendor, path/,
  ],
  [
    'an unknown vendor',
    'addresses: { abc: { vendor: os } }',
    'abc',
    'InvalidParameters',
    /unknown vendor "os". Did you mean "oss"\?/,
  ],
  ['a missing vendor', 'addresses: { abc: { bucket: b } }', 'abc', 'AddressIncomplete', /vendor is missing/],
  ['a missing field', 'addresses: { abc: { vendor: s3, region: r } }', 'abc', 'AddressIncomplete', /bucket is missing/],
  [
    'an empty field',
    'addresses: { abc: { vendor: s3, region: r, bucket: "" } }',
    'abc',
    'AddressIncomplete',
    /bucket may not be empty/,
  ],
  [
    'a number where a text is due',
    'addresses: { abc: { vendor: s3, region: r, bucket: 12 } }',
    'abc',
    'AddressIncomplete',
    /bucket must be a text: put it in quotes/,
  ],
  [
    'half a key',
    'addresses: { abc: { vendor: s3, region: r, bucket: b, accessKeyId: a } }',
    'abc',
    'AddressIncomplete',
    /secretAccessKey is missing/,
  ],
  [
    'a prefix with a slash in front',
    'addresses: { abc: { vendor: s3, region: r, bucket: b, prefix: /a/ } }',
    'abc',
    'SourceAddrPrefixInvalid',
    /write "a\/"/,
  ],
  [
    'a prefix without one at the end',
    'addresses: { abc: { vendor: s3, region: r, bucket: b, prefix: a/b } }',
    'abc',
    'DestAddrPrefixInvalid',
    /write "a\/b\/"/,
    'destination',
  ],
  ['a prefix in the reference', good, 'photos:may', 'SourceAddrPrefixInvalid', /write "may\/"/],
  [
    'an endpoint without a scheme',
    'addresses: { abc: { vendor: s3, region: r, bucket: b, endpoint: "localhost:9000" } }',
    'abc',
    'SourceAddrEndpointInvalid',
    /endpoint must be a URL/,
  ],
  [
    'a relative path',
    'addresses: { abc: { vendor: nas, path: share } }',
    'abc',
    'DestAddrPathInvalid',
    /path must be an absolute path/,
    'destination',
  ],
  [
    'a folder that leads out',
    'addresses: { abc: { vendor: nas, path: /a, folder: b/../../ } }',
    'abc',
    'SourceAddrPathInvalid',
    /folder may not hold/,
  ],
  ['a reference that leads out', good, 'share:../', 'SourceAddrPathInvalid', /"\.\.\/" may not hold/],
  [
    'a flag that is none',
    'addresses: { abc: { vendor: s3, region: r, bucket: b, pathStyle: maybe } }',
    'abc',
    'AddressIncomplete',
    /pathStyle must be true or false/,
  ],
  [
    'a preset nobody knows',
    'addresses: { abc: { vendor: s3, preset: mino, region: r, bucket: b } }',
    'abc',
    'InvalidParameters',
    /preset may be minio, .*, not "mino"\. Did you mean "minio"\?$/,
  ],
  [
    'a preset without what it needs',
    'addresses: { abc: { vendor: s3, preset: r2, bucket: b } }',
    'abc',
    'AddressIncomplete',
    /endpoint is missing: the preset r2 has none/,
  ],
  ['no region', 'addresses: { abc: { vendor: s3, bucket: b } }', 'abc', 'AddressIncomplete', /region is missing/],
  [
    'a COS bucket without its APPID',
    'addresses: { abc: { vendor: cos, region: r, bucket: b, secretId: i, secretKey: k } }',
    'abc',
    'AddressIncomplete',
    /bucket "b" lacks the APPID/,
  ],
  [
    'an endpoint of bos that says no region',
    'addresses: { abc: { vendor: bos, endpoint: "http://10.0.0.1", bucket: b, accessKey: i, secretKey: k } }',
    'abc',
    'AddressIncomplete',
    /region is missing/,
  ],
  [
    'an endpoint of ks3 that says no region',
    'addresses: { abc: { vendor: ks3, endpoint: "http://10.0.0.1", bucket: b, accessKey: i, secretKey: k } }',
    'abc',
    'AddressIncomplete',
    /region is missing/,
  ],
  ['a short name', 'addresses: { ab: { vendor: nas, path: /a } }', 'abc', 'InvalidParameters', /address name "ab"/],
  ['a word beside addresses', 'address: {}', 'abc', 'InvalidParameters', /unknown field "address". Did you mean "addresses"\?/],
  ['an address without fields', 'addresses: { abc: }', 'abc', 'AddressIncomplete', /must hold fields/],
  ['an empty file', '', 'abc', 'InvalidParameters', /must begin with "addresses:"/],
  ['text that is not YAML', 'addresses:\n  a: {', 'abc', 'InvalidParameters', /is not YAML: line 2/],
  [
    'a name used twice',
    'addresses:\n  abc: { vendor: nas, path: /a }\n  abc: { vendor: nas, path: /b }',
    'abc',
    'InvalidParameters',
    /duplicate key/,
  ],
]

describe('refused with a code and a sentence', () => {
  it.each(refusals)('%s', (_what, yaml, ref, code, message, role) => {
    const fault = faultOf(() => bookOf(yaml).resolve(ref, role))
    expect(fault).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('never with a secret in the sentence', () => {
    const secret = 'hunter2-hunter2'
    for (const yaml of [
      `addresses: { abc: { vendor: s3, region: r, bucket: 1, accessKeyId: a, secretAccessKey: ${secret} } }`,
      `addresses:\n  abc:\n    vendor: s3\n   secretAccessKey: ${secret}\n`,
      `addresses: { abc: { vendor: s3, secretAccessKey: ${secret}, secretAccessKey: ${secret} } }`,
    ]) {
      expect(faultOf(() => bookOf(yaml).resolve('abc')).message).not.toContain(secret)
    }
  })
})

describe('an address that refers to another', () => {
  const lists = `
addresses:
  shelf: { vendor: nas, path: /mnt/share, folder: lists/ }
  keys: { vendor: oss, endpoint: https://oss-cn-hangzhou.aliyuncs.com, region: cn-hangzhou, bucket: b, accessKeyId: k, accessKeySecret: \${OSS_SECRET} }
  beside: { vendor: http, list: sub/urls.tsv }
  dotted: { vendor: http, list: ./a:b.tsv }
  absolute: { vendor: http, list: /lists/urls.tsv }
  stored: { vendor: http, list: 'shelf:2024/urls.tsv' }
  secret: { vendor: http, list: 'keys:urls.tsv' }
  unknown: { vendor: http, list: 'shelfs:urls.tsv' }
  itself: { vendor: http, list: 'itself:urls.tsv' }
  keyless: { vendor: http, list: 'shelf:' }
`

  it('is given it resolved, or the file that it means', () => {
    const book = bookOf(lists)
    expect(book.resolve('beside')).toEqual({ vendor: 'http', list: join(folder, 'sub/urls.tsv') })
    expect(book.resolve('dotted')).toEqual({ vendor: 'http', list: join(folder, 'a:b.tsv') })
    expect(book.resolve('absolute')).toEqual({ vendor: 'http', list: '/lists/urls.tsv' })
    const shelf = { vendor: 'nas', path: '/mnt/share', folder: 'lists/' }
    expect(book.resolve('stored')).toEqual({ vendor: 'http', list: { address: shelf, key: '2024/urls.tsv' } })
    expect(book.resolve('secret')).toMatchObject({ list: { address: { accessKeySecret: 'sk-2' } } })
  })

  it('is refused where that is not there, refers on, or has no key', () => {
    const book = bookOf(lists)
    expect(faultOf(() => book.resolve('unknown'))).toEqual({ code: 'AddressNotExist', message: expect.stringContaining('Did you mean "shelf"') as string })
    expect(faultOf(() => book.resolve('itself'))).toMatchObject({ code: 'InvalidParameters' })
    expect(faultOf(() => book.resolve('keyless'))).toMatchObject({ code: 'AddressIncomplete' })
    const { OSS_SECRET: _, ...without } = env
    expect(faultOf(() => bookOf(lists, without).resolve('secret'))).toMatchObject({ code: 'AddressIncomplete', message: expect.stringContaining('"keys"') as string })
  })

  it('can be a source only, and has nothing below it', () => {
    const book = bookOf(lists)
    expect(faultOf(() => book.resolve('beside', 'destination'))).toMatchObject({ code: 'InvalidParameters', message: expect.stringContaining('source only') as string })
    expect(faultOf(() => book.resolve('beside:sub/'))).toMatchObject({ code: 'InvalidParameters' })
  })
})
