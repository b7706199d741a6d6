import { randomBytes } from 'node:crypto'
import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { payloadCodec } from '../../client/codec.ts'
import { startCodecServer } from '../../client/codec-server.ts'
import { runHere } from '../cli/terminal.ts'

const key = () => randomBytes(32).toString('base64')
const [first, second] = [key(), key()]
const codecOf = (keys: string) => payloadCodec({ TRANSHIP_CODEC_KEYS: keys })
const payload = defaultPayloadConverter.toPayload({ source: 'photos', secretish: 'x'.repeat(100) })
const decoded = async (keys: string, encoded: Awaited<ReturnType<typeof encode>>) => defaultPayloadConverter.fromPayload((await codecOf(keys).decode([encoded]))[0]!)
const encode = async (keys: string) => (await codecOf(keys).encode([payload]))[0]!

describe('the payload codec', () => {
  it('without keys changes nothing, and says what is missing where something is encrypted', async () => {
    expect(await payloadCodec({}).encode([payload])).toEqual([payload])
    await expect(payloadCodec({}).decode([await encode(`a:${first}`)])).rejects.toThrow(/the key "a", which TRANSHIP_CODEC_KEYS does not hold/)
  })

  it('gives back what it encrypted, never the same bytes twice', async () => {
    const [one, two] = [await encode(`a:${first}`), await encode(`a:${first}`)]
    expect(Buffer.from(one.data!).toString('latin1')).not.toContain('photos')
    expect(Buffer.from(one.data!).equals(Buffer.from(two.data!))).toBe(false)
    expect(await decoded(`a:${first}`, one)).toMatchObject({ source: 'photos' })
  })

  it('reads what an older key encrypted once a newer one stands before it, and names a key that it lacks', async () => {
    const old = await encode(`a:${first}`)
    expect(await decoded(`b:${second},a:${first}`, old)).toMatchObject({ source: 'photos' })
    expect(Buffer.from((await encode(`b:${second},a:${first}`)).metadata!['encryption-key-id']!).toString()).toBe('b')
    await expect(decoded(`b:${second}`, old)).rejects.toThrow('the key "a"')
  })

  it('refuses what was changed on the way, and leaves alone what is not encrypted', async () => {
    const encoded = await encode(`a:${first}`)
    const data = Buffer.from(encoded.data!)
    data[20]! ^= 1
    await expect(decoded(`a:${first}`, { ...encoded, data })).rejects.toThrow()
    await expect(decoded(`a:${second}`, encoded)).rejects.toThrow()
    expect(await decoded(`a:${first}`, payload)).toMatchObject({ source: 'photos' })
  })

  it.each(['a', `a:${first.slice(4)}`, `a:${first},a:${second}`, `a b:${first}`, `a:${first};b:${second}`])('refuses keys that are none, and does not quote them: %#', (keys) => {
    expect(() => codecOf(keys)).toThrow(expect.objectContaining({ code: 'InvalidParameters', message: expect.not.stringContaining(first.slice(4)) }))
  })
})

describe('the codec server', () => {
  const origin = 'http://localhost:8233'
  let server: Awaited<ReturnType<typeof startCodecServer>>
  beforeAll(async () => {
    server = await startCodecServer({ codec: codecOf(`a:${first}`), origins: [origin], port: 0 })
  })
  afterAll(() => server?.stop())

  const json = async () => {
    const { metadata, data } = await encode(`a:${first}`)
    const texts = Object.entries(metadata!).map(([name, value]) => [name, Buffer.from(value).toString('base64')])
    return { payloads: [{ metadata: Object.fromEntries(texts) as Record<string, string>, data: Buffer.from(data!).toString('base64') }] }
  }
  const post = async (path: string, body: unknown, headers: Record<string, string> = { origin }) =>
    await fetch(server.address + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })

  it('decrypts for a page of the Web UI, and encrypts', async () => {
    const asked = await fetch(`${server.address}/decode`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('access-control-allow-headers')]).toEqual([204, origin, expect.stringContaining('x-namespace')])
    const answer = await post('/decode', await json())
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    const { payloads } = (await answer.json()) as { payloads: { data: string }[] }
    expect(JSON.parse(Buffer.from(payloads[0]!.data, 'base64').toString())).toMatchObject({ source: 'photos' })
    const again = await post('/encode', { payloads })
    expect(((await again.json()) as typeof payloads & { payloads: { metadata: Record<string, string> }[] }).payloads[0]!.metadata['encoding']).toBe(Buffer.from('binary/encrypted').toString('base64'))
  })

  it('answers no page of another origin, no other name of this machine, and nothing that makes no sense', async () => {
    expect((await post('/decode', await json(), { origin: 'http://evil.example' })).status).toBe(403)
    const rebound = await new Promise<number>((resolve, reject) => {
      import('node:http').then(({ request }) =>
        request(`${server.address}/decode`, { method: 'POST', headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode ?? 0)).on('error', reject).end('{}'), reject)
    })
    expect(rebound).toBe(403)
    for (const body of ['', '{', 'null', '{"payloads":3}', '{"payloads":[null]}']) expect((await post('/decode', body)).status).toBe(400)
    expect((await post('/other', {})).status).toBe(404)
  })

  it('needs keys, a port and origins that are some', async () => {
    const run = async (env: Record<string, string>, ...args: string[]) => JSON.parse((await runHere(env, '/', 'codec-server', ...args, '--json')).stdout) as { error: { message: string } }
    expect((await run({})).error.message).toMatch(/TRANSHIP_CODEC_KEYS is not set/)
    const keys = { TRANSHIP_CODEC_KEYS: `a:${first}` }
    expect((await run(keys, '--port', '99999')).error.message).toMatch(/--port: "99999"/)
    expect((await run(keys, '--origin', 'http://localhost:8233/')).error.message).toMatch(/must be an origin/)
    expect((await run(keys, '--port', new URL(server.address).port)).error.message).toMatch(/is taken/)
  })
})
