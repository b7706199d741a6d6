/**
 * Copies a bucket with as little as can be: GET, CRC-64, PUT, 64 at a time, large objects by parts. What a tool can hope for on
 * this machine with Node. Told its places in BARE; prints what the copying took, without start and listing.
 */
import { createCRC64 } from 'hash-wasm'
import { eachOf } from '../../model/each-of.ts'
import type { S3Place } from '../place.ts'
import { openBare } from './store.ts'

const MiB = 1024 ** 2
const atOnce = 64
const partBytes = 8 * MiB
const partsAtOnce = 8

const [from, to] = JSON.parse(process.env['BARE'] ?? '[]') as [S3Place, S3Place]
const source = openBare(from, atOnce)
const destination = openBare(to, atOnce)
const crc64 = await createCRC64()
const buffers: Buffer[] = []

const objects = await list()
const startedAt = performance.now()
const cpu = process.cpuUsage()
await eachOf(objects.filter(({ size }) => size <= partBytes), atOnce, ({ key, size }) => copy(key, size))
for (const { key, size } of objects.filter((object) => object.size > partBytes)) await copyParts(key, size)
const { user, system } = process.cpuUsage(cpu)
process.stdout.write(JSON.stringify({ seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: (user + system) / 1e6 }))
await Promise.all([source.close(), destination.close()])

async function list(): Promise<{ key: string; size: number }[]> {
  const found: { key: string; size: number }[] = []
  let token: string | undefined
  do {
    const after = token === undefined ? '' : `continuation-token=${encodeURIComponent(token)}&`
    const { text } = await source.send({ method: 'GET', key: '', query: `${after}list-type=2` })
    for (const [, entry = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) found.push({ key: field(entry, 'Key') ?? '', size: Number(field(entry, 'Size')) })
    token = field(text, 'NextContinuationToken')
  } while (token !== undefined)
  return found
}

function field(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

async function copy(key: string, size: number): Promise<void> {
  await through(key, size, [], async (body) => await destination.send({ method: 'PUT', key, body }))
}

async function copyParts(key: string, size: number): Promise<void> {
  const uploadId = field((await destination.send({ method: 'POST', key, query: 'uploads=' })).text, 'UploadId') ?? ''
  const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, i) => i + 1)
  const etags: string[] = []
  await eachOf(numbers, partsAtOnce, async (number) => {
    const first = (number - 1) * partBytes
    const last = Math.min(size, first + partBytes) - 1
    await through(key, last - first + 1, ['range', `bytes=${first}-${last}`], async (body) => {
      const { headers } = await destination.send({ method: 'PUT', key, query: `partNumber=${number}&uploadId=${uploadId}`, body })
      etags[number] = String(headers['etag'])
    })
  })
  const parts = numbers.map((number) => `<Part><PartNumber>${number}</PartNumber><ETag>${etags[number]}</ETag></Part>`)
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
  await destination.send({ method: 'POST', key, query: `uploadId=${uploadId}`, body })
}

/** Into one buffer, which is used again. */
async function through(key: string, size: number, headers: readonly string[], use: (body: Buffer) => Promise<unknown>): Promise<void> {
  const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(partBytes)
  let length = 0
  const into = (chunk: Buffer): void => void (length += chunk.copy(buffer, length))
  await source.send({ method: 'GET', key, headers, into })
  if (length !== size) throw new Error(`${key}: ${length} of ${size} bytes`)
  const body = buffer.subarray(0, length)
  crc64.init()
  crc64.update(body)
  crc64.digest('hex')
  await use(body)
  buffers.push(buffer)
}
