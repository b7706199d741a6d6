import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AzblobAddress } from '../../../storage/drivers/azblob/address.ts'
import { openAzblob } from '../../../storage/drivers/azblob/driver.ts'
import { openWire } from '../../../storage/drivers/azblob/wire.ts'
import { put, readText } from '../../conformance/tools.ts'
import { startAzurite, type Azurite } from '../../support/azurite.ts'

const certificates = join(import.meta.dirname, '..', 's3')
const caFile = join(certificates, 'localhost-cert.pem')

describe('TLS and proxies', () => {
  const asked: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    socket.on('error', () => upstream.destroy()).pipe(upstream).on('error', () => socket.destroy()).pipe(socket)
  })
  let server: Azurite
  let address: AzblobAddress
  let proxyUrl: string

  beforeAll(async () => {
    server = await startAzurite({ tls: { certFile: caFile, keyFile: join(certificates, 'localhost-key.pem') } })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const { endpoint, account, accountKey } = server
    address = { vendor: 'azblob', endpoint, account, accountKey, container: 'secure' }
    const wire = openWire({ ...address, caFile })
    await wire.send({ method: 'PUT', query: { restype: 'container' }, body: [] })
    await wire.close()
    await put(openAzblob({ ...address, caFile }), 'key', 'hello')
  })
  afterAll(async () => {
    proxy.close()
    await server.stop()
  })

  async function read(extra: Partial<AzblobAddress>): Promise<string> {
    const storage = openAzblob({ ...address, ...extra })
    try {
      return await readText(storage, 'key')
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
    expect(asked).toEqual([new URL(address.endpoint ?? '').host])
  })
})
