import { readFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { S3Address } from '../../../storage/drivers/s3/addresses/s3.ts'
import { s3Dialect } from '../../../storage/drivers/s3/dialects/s3.ts'
import { openS3Family } from '../../../storage/drivers/s3/driver.ts'

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('TLS and proxies', () => {
  const caFile = join(import.meta.dirname, 'localhost-cert.pem')
  const asked: string[] = []
  let https: Server
  let proxy: Server
  let address: S3Address
  let proxyUrl: string

  beforeAll(async () => {
    https = createHttps(
      { key: readFileSync(join(import.meta.dirname, 'localhost-key.pem')), cert: readFileSync(caFile) },
      (_, response) => response.end('hello'),
    )
    proxy = createHttp().on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      socket
        .on('error', () => upstream.destroy())
        .pipe(upstream)
        .on('error', () => socket.destroy())
        .pipe(socket)
    })
    const endpoint = `https://127.0.0.1:${await listen(https)}`
    address = { vendor: 's3', region: 'us-east-1', endpoint, bucket: 'b', accessKeyId: 'id', secretAccessKey: 'secret' }
    proxyUrl = `http://127.0.0.1:${await listen(proxy)}`
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    https.close()
    proxy.close()
  })

  async function read(extra: Partial<S3Address>): Promise<string> {
    const storage = openS3Family({ ...address, ...extra }, s3Dialect)
    let text = ''
    try {
      await storage.get('key', (chunk) => void (text += Buffer.from(chunk).toString()))
      return text
    } finally {
      await storage.close()
    }
  }

  it('a certificate counts only when its authority is known', async () => {
    await expect(read({})).rejects.toMatchObject({ kind: 'network', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(await read({ caFile })).toBe('hello')
  })

  it('the proxy of an address is used', async () => {
    expect(await read({ caFile, proxy: proxyUrl })).toBe('hello')
    expect(asked.splice(0)).toEqual([new URL(address.endpoint ?? '').host])
  })

  it('else that of HTTPS_PROXY, unless NO_PROXY names the host', async () => {
    vi.stubEnv('HTTPS_PROXY', proxyUrl)
    expect(await read({ caFile })).toBe('hello')
    expect(asked.splice(0)).toEqual([new URL(address.endpoint ?? '').host])
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    expect(await read({ caFile })).toBe('hello')
    expect(asked).toEqual([])
  })
})
