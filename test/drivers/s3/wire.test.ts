import { describe, expect, it } from 'vitest'
import { s3Dialect } from '../../../storage/drivers/s3/dialects/s3.ts'
import { openS3Family } from '../../../storage/drivers/s3/driver.ts'
import type { Storage } from '../../../storage/storage.ts'
import { awaitUntil } from '../../support/await-until.ts'
import { answer, startRawServer, type RawServer, type Respond } from './raw-server.ts'

const timeouts = { connectMs: 1000, headersMs: 1000, completeMs: 1000, bodyMs: 1000 }
const patient = { connectMs: 30_000, headersMs: 30_000, completeMs: 30_000, bodyMs: 30_000 }
const metadata = { user: {} }
const lastModified = 'Mon, 23 Nov 2026 15:00:00 GMT'

interface Wired extends AsyncDisposable {
  readonly storage: Storage
  readonly server: RawServer
}

async function wired(respond: Respond, within = timeouts): Promise<Wired> {
  const server = await startRawServer(respond)
  const address = {
    vendor: 's3',
    region: 'us-east-1',
    endpoint: server.endpoint,
    bucket: 'bucket',
    accessKeyId: 'AKID',
    secretAccessKey: 'top-secret',
  } as const
  const storage = openS3Family(address, s3Dialect, { timeouts: within })
  return {
    storage,
    server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await storage.close()
    },
  }
}

const says =
  (text: string): Respond =>
  (socket) =>
    socket.write(text)

async function read(storage: Storage, options: Parameters<Storage['get']>[2] = {}): Promise<string> {
  let text = ''
  await storage.get('key', (chunk) => void (text += Buffer.from(chunk).toString('latin1')), options)
  return text
}

describe('reading', () => {
  it.each<[string, Respond, string]>([
    ['that ends early', (socket) => socket.end(answer(200, { 'content-length': 10 }, 'hello')), 'premature-end'],
    ['that stands still', says(answer(200, { 'content-length': 10 }, 'hello')), 'timeout'],
    ['that never begins', () => {}, 'timeout'],
    ['whose connection closes at once', (socket) => socket.end(), 'network'],
    ['that is no HTTP', says('SSH-2.0-OpenSSH_9.9\r\n'), 'network'],
    ['of a length it does not say', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'), 'unexpected'],
  ])('fails on an answer %s', async (_, respond, kind) => {
    await using wire = await wired(respond)
    await expect(read(wire.storage)).rejects.toMatchObject({ kind })
  })

  it('fails on a connection that is reset in mid-body', async () => {
    await using wire = await wired((socket) =>
      socket.write(answer(200, { 'content-length': 10 }, 'hello'), () => socket.resetAndDestroy()),
    )
    await expect(read(wire.storage)).rejects.toMatchObject({ retryable: true })
  })

  it('gives no byte when the store ignores the range or answers with another', async () => {
    const range = { first: 2, last: 3 }
    await using ignored = await wired(says(answer(200, {}, 'hello')))
    await expect(read(ignored.storage, { range })).rejects.toMatchObject({ kind: 'unexpected' })
    await using other = await wired(says(answer(206, { 'content-range': 'bytes 0-1/5' }, 'he')))
    await expect(read(other.storage, { range })).rejects.toMatchObject({ kind: 'unexpected' })
  })

  it('fails on a range that is answered too short or too long', async () => {
    const range = { first: 2, last: 3 }
    for (const body of ['l', 'llo']) {
      await using wire = await wired(says(answer(206, { 'content-range': 'bytes 2-3/5' }, body)))
      let given = 0
      const reading = wire.storage.get('key', (chunk) => void (given += chunk.length), { range })
      await expect(reading).rejects.toMatchObject({ kind: 'premature-end' })
      expect(given).toBeLessThan(2)
    }
  })

  it('leaves a body encoded and asks for no encoding', async () => {
    await using wire = await wired(says(answer(200, { 'content-encoding': 'gzip' }, 'not gzip at all')))
    expect(await read(wire.storage)).toBe('not gzip at all')
    expect(wire.server.requests[0]).not.toMatch(/accept-encoding/i)
  })

  it('takes an ETag for an MD5 only where it is one', async () => {
    const stated = async (headers: Record<string, string>) => {
      await using wire = await wired(says(answer(200, { 'last-modified': lastModified, ...headers })))
      return (await wire.storage.head('key')).hashes
    }
    const md5 = '5d41402abc4b2a76b9719d911017c592'
    expect(await stated({ etag: `"${md5}"` })).toEqual({ md5 })
    expect(await stated({ etag: `"${md5}-2"` })).toEqual({})
    expect(await stated({ etag: `"${md5}"`, 'x-amz-server-side-encryption': 'aws:kms' })).toEqual({})
    expect(await stated({ etag: `"${md5}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' })).toEqual({})
    expect(await stated({ 'x-amz-checksum-crc32': 'NhCmhg==' })).toEqual({ crc32: '3610a686' })
    expect(await stated({ 'x-amz-checksum-crc32': 'NhCmhg==-2' })).toEqual({})
  })
})

describe('connections', () => {
  it('are at most 256, used again, and nobody who waits for one is forgotten', async () => {
    let most = 0
    await using wire = await wired((socket, head) => {
      most = Math.max(most, wire.server.openSockets)
      setTimeout(() => (head.includes('/lost-') ? socket.destroy() : socket.write(answer(200, {}, 'hello'))), 20)
    }, patient)
    const keys = Array.from({ length: 600 }, (_, i) => `${i % 10 === 0 ? 'lost' : 'key'}-${i}`)
    const read = await Promise.allSettled(keys.map((key) => wire.storage.get(key, () => undefined)))
    const lost = read.flatMap((result) => (result.status === 'rejected' ? [String((result.reason as Error).message)] : []))
    expect(lost).toEqual(Array.from({ length: 60 }, () => 'The connection was closed.'))
    expect(most).toBeGreaterThan(200)
    expect(most).toBeLessThanOrEqual(256)
  })
})

describe('looking at an object', () => {
  it('finds out why the store refuses, which HEAD does not say', async () => {
    const xml = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>'
    await using wire = await wired((socket, head) => socket.write(answer(400, {}, head.startsWith('HEAD') ? '' : xml)))
    await expect(wire.storage.head('key')).rejects.toMatchObject({ kind: 'expired', code: 'ExpiredToken' })
  })

  it('asks once for a key that is missing', async () => {
    await using wire = await wired(says(answer(404)))
    await expect(wire.storage.head('key')).rejects.toMatchObject({ kind: 'not-found' })
    expect(wire.server.requests).toHaveLength(1)
  })
})

describe('the sink', () => {
  it('holds the source back while its promise is pending, and gets every byte in order', async () => {
    const total = 32 * 2 ** 20
    const body = Buffer.alloc(total, 'x')
    let written = 0
    await using wire = await wired((socket) => {
      socket.write(answer(200, { 'content-length': total }))
      for (let at = 0; at < total; at += 65_536) socket.write(body.subarray(at, at + 65_536), () => (written += 65_536))
    })
    let received = 0
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const reading = wire.storage.get('key', (chunk) => {
      received += chunk.length
      return held
    })
    await awaitUntil(() => received > 0)
    const first = received
    await expect
      .poll(async () => [written, await settled(() => written)])
      .toSatisfy(([before, after]: number[]) => before === after)
    expect(received).toBe(first)
    expect(written).toBeLessThan(total)
    release()
    await reading
    expect(received).toBe(total)
  })

  it('gets everything when the peer closes while it is pending', async () => {
    const body = Array.from({ length: 100_000 }, (_, i) => String(i)).join(' ')
    await using wire = await wired((socket) => socket.end(answer(200, {}, body)))
    const chunks: string[] = []
    await wire.storage.get('key', async (chunk) => {
      const text = Buffer.from(chunk).toString()
      await awaitUntil(() => wire.server.openSockets === 0 || chunks.length > 0, { everyMs: 5, timeoutMs: 1000 }).catch(() => {})
      chunks.push(text)
    })
    expect(chunks.join('')).toBe(body)
  })

  it('is waited for after the last byte, also when the peer has gone', async () => {
    await using wire = await wired((socket) => socket.end(answer(200, { connection: 'close' }, 'hello')))
    let taken = false
    await wire.storage.get('key', async () => {
      await awaitUntil(() => wire.server.openSockets === 0, { everyMs: 5, timeoutMs: 500 }).catch(() => {})
      taken = true
    })
    expect(taken).toBe(true)
  })

  it('ends the call with what it throws, and the connection with it', async () => {
    for (const sink of [
      () => {
        throw new Error('mine')
      },
      () => Promise.reject(new Error('mine')),
    ]) {
      await using wire = await wired(says(answer(200, { 'content-length': 10 }, 'hello')))
      await expect(wire.storage.get('key', sink)).rejects.toThrow('mine')
      await awaitUntil(() => wire.server.openSockets === 0)
    }
  })

  it('comes after onInfo, also for zero bytes', async () => {
    await using wire = await wired(says(answer(200, { etag: '"e"' })))
    const seen: unknown[] = []
    await wire.storage.get('key', () => void seen.push('chunk'), { onInfo: (info) => void seen.push(info.etag) })
    expect(seen).toEqual(['e'])
  })
})

describe('the signal', () => {
  it('ends a call at once wherever it stands, and drops its connection', async () => {
    await using wire = await wired(says(answer(200, { 'content-length': 10 }, 'hello')))
    const { storage, server } = wire
    const abort = new AbortController()
    const reading = storage.get('key', () => abort.abort(new Error('enough')), { signal: abort.signal })
    await expect(reading).rejects.toMatchObject({ kind: 'aborted', retryable: false })
    await awaitUntil(() => server.openSockets === 0)
    await expect(storage.head('key', { signal: abort.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect(server.requests).toHaveLength(1)
  })

  it('ends an upload that the store does not read', async () => {
    await using wire = await wired((socket) => socket.pause())
    const abort = new AbortController()
    const writing = wire.storage.put('key', [Buffer.alloc(64 * 2 ** 20)], { metadata, signal: abort.signal })
    await awaitUntil(() => wire.server.requests.length === 1)
    abort.abort()
    await expect(writing).rejects.toMatchObject({ kind: 'aborted' })
  })
})

describe('writing', () => {
  it('fails when the store stops reading', async () => {
    await using wire = await wired((socket) => socket.pause())
    await expect(wire.storage.put('key', [Buffer.alloc(64 * 2 ** 20)], { metadata })).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('hears a refusal that comes before the body is through', async () => {
    const xml = '<Error><Code>AccessDenied</Code><Message>No.</Message></Error>'
    await using wire = await wired((socket, _, number) => number === 1 && socket.write(answer(403, {}, xml)))
    await expect(wire.storage.put('key', [Buffer.alloc(2 ** 20)], { metadata })).rejects.toMatchObject({ kind: 'forbidden' })
  })

  it('sends keys as they are, dot segments and all, and no secret', async () => {
    await using wire = await wired(says(answer(200)))
    await wire.storage.put('a/../b/./c//d', [], { metadata })
    expect(wire.server.requests[0]).toMatch(/^PUT \/bucket\/a\/..\/b\/.\/c\/\/d HTTP/)
    expect(wire.server.requests[0]).not.toContain('top-secret')
  })

  it('sends nothing for a key that cannot be', async () => {
    await using wire = await wired(says(answer(200)))
    for (const key of ['', 'a\ud800', 'ü'.repeat(513)]) {
      await expect(wire.storage.put(key, [], { metadata })).rejects.toMatchObject({ kind: 'key-unsupported' })
    }
    expect(wire.server.requests).toHaveLength(0)
  })

  it('sends the hashes it was given', async () => {
    await using wire = await wired(says(answer(200)))
    await wire.storage.put('key', [Buffer.from('hello')], {
      metadata,
      hashes: { md5: '5d41402abc4b2a76b9719d911017c592', crc32: '3610a686' },
    })
    expect(wire.server.requests[0]).toMatch(/content-md5: XUFAKrxLKna5cZ2REBfFkg==\r\n/)
    expect(wire.server.requests[0]).toMatch(/x-amz-checksum-crc32: NhCmhg==\r\n/)
  })
})

describe('listing', () => {
  const page = (inner: string): string => answer(200, {}, `<ListBucketResult>${inner}</ListBucketResult>`)

  it('goes on over pages that are empty and yet not the last', async () => {
    await using wire = await wired((socket, _, number) =>
      socket.write(
        number < 3
          ? page(`<IsTruncated>true</IsTruncated><NextContinuationToken>t${number}</NextContinuationToken>`)
          : page('<Contents><Key>k</Key><Size>1</Size><LastModified>2026-11-25T00:00:00.000Z</LastModified></Contents>'),
      ),
    )
    const { entries, next } = await wire.storage.list({ prefix: 'p' })
    expect(entries.map(({ key }) => key)).toEqual(['k'])
    expect(next).toBeUndefined()
    expect(wire.server.requests[2]).toContain('continuation-token=t2')
    expect(wire.server.requests[2]).toContain('prefix=p')
  })

  it('goes on after the last key where the store gives no token', async () => {
    await using wire = await wired((socket, _, number) =>
      socket.write(page(number === 1 ? '<IsTruncated>true</IsTruncated><Contents><Key>a b</Key><Size>1</Size><LastModified>2026-11-25T00:00:00.000Z</LastModified></Contents>' : '')),
    )
    const { next } = await wire.storage.list()
    await wire.storage.list({ cursor: next ?? '' })
    expect(wire.server.requests[1]).toContain('start-after=a%20b')
  })

  it('fails when more is promised without a way to it', async () => {
    await using wire = await wired(says(page('<IsTruncated>true</IsTruncated>')))
    await expect(wire.storage.list()).rejects.toMatchObject({ kind: 'unexpected' })
  })
})

describe('multipart', () => {
  const upload = { key: 'key', uploadId: 'u', partBytes: 5 }
  const part = { number: 1, size: 5, etag: 'e', hashes: {} }

  it('sees the error inside of a 200 at Complete', async () => {
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?>\n\n  <Error><Code>InternalError</Code><Message>Try again.</Message></Error>'
    await using wire = await wired(says(answer(200, {}, `   \n${xml}`)))
    await expect(wire.storage.multipart?.complete(upload, [part], {})).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'InternalError',
    })
  })

  it('does not take an answer without words for a success', async () => {
    await using wire = await wired(says(answer(200)))
    await expect(wire.storage.multipart?.complete(upload, [part], {})).rejects.toMatchObject({ kind: 'unexpected' })
  })

  it('does not take a yes for one when the object is another', async () => {
    const xml = '<CompleteMultipartUploadResult><ETag>"new-2"</ETag></CompleteMultipartUploadResult>'
    const complete = async (held: string) => {
      await using wire = await wired((socket, head) =>
        socket.write(head.startsWith('HEAD') ? answer(200, { etag: `"${held}"` }) : answer(200, {}, xml)),
      )
      return await wire.storage.multipart?.complete(upload, [part], {})
    }
    await expect(complete('new-2')).resolves.toMatchObject({ etag: 'new-2' })
    await expect(complete('old')).rejects.toMatchObject({ kind: 'no-upload' })
  })

  it('does without checksums at a store that does not know them', async () => {
    const refused = answer(
      501,
      {},
      '<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented.</Message></Error>',
    )
    await using wire = await wired((socket, head) =>
      socket.write(/x-amz-checksum/.test(head) ? refused : answer(200, { etag: '"e"' }, '<UploadId>u</UploadId>')),
    )
    const made = await wire.storage.multipart?.create('key', { metadata, size: 10, partBytes: 5 })
    expect(made).toEqual(upload)
    await wire.storage.multipart?.putPart(upload, 1, [Buffer.from('hello')])
    expect(wire.server.requests).toHaveLength(3)
  })
})

async function settled<T>(look: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 100))
  return look()
}
