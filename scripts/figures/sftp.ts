/**
 * Reads and writes one large file over SFTP, by our driver and by ssh2's own streams, against OpenSSH's server on this machine.
 * Ends with exit code 1 when reading is not 5 times as fast; `--MiB 64` for a smaller file.
 *
 *   node scripts/figures/sftp.ts
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import SftpClient from 'ssh2-sftp-client'
import { openSftp } from '../../storage/drivers/sftp/driver.ts'
import type { Storage } from '../../storage/storage.ts'
import { temporaryFolder } from '../../test/support/processes.ts'
import { startSshd, type Sshd } from '../../test/support/sshd.ts'
import { printFigures } from './table.ts'
import type { Figure } from './table.ts'

const MiB = 1024 * 1024
const chunkBytes = 8 * MiB
const promised = 5

export async function sftpFigures(size: number): Promise<Figure[]> {
  const sshd = await startSshd()
  const root = temporaryFolder('sftp-figures')
  const storage = openSftp(sshd.address(root))
  try {
    const body = Array.from({ length: Math.ceil(size / chunkBytes) }, (_, at) => Buffer.alloc(Math.min(chunkBytes, size - at * chunkBytes), at))
    await storage.put('warm', [], { metadata: { user: {} } })
    const write = await rateOf(size, () => storage.put('large', body, { metadata: { user: {} } }))
    const ours = await rateOf(size, () => readAll(storage, size))
    const stream = await withClient(sshd, (client) => rateOf(size, () => readStream(client, join(root, 'large'), size)))
    const streamWrite = await withClient(sshd, (client) => rateOf(size, () => writeStream(client, join(root, 'streamed'), body)))
    const ratio = ours / stream
    return [
      { name: `reading ${size / MiB} MiB over SFTP, against createReadStream`, promised: `≥ ${promised} ×`, measured: `${ratio.toFixed(1)} ×: ${toText(ours)} against ${toText(stream)}`, ok: ratio >= promised },
      { name: `writing ${size / MiB} MiB over SFTP, against createWriteStream`, promised: 'none', measured: `${(write / streamWrite).toFixed(1)} ×: ${toText(write)} against ${toText(streamWrite)}`, ok: true },
    ]
  } finally {
    await storage.close()
    await sshd.stop()
  }
}

const toText = (bytesPerSecond: number): string => `${Math.round(bytesPerSecond / MiB)} MiB/s`

async function rateOf(size: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (size * 1_000) / (performance.now() - began)
}

async function readAll(storage: Storage, size: number): Promise<void> {
  let read = 0
  await storage.get('large', (chunk) => void (read += chunk.length))
  if (read !== size) throw new Error(`read ${read} of ${size} bytes`)
}

async function withClient<T>({ host, port, privateKeyFile, address }: Sshd, work: (client: SftpClient) => Promise<T>): Promise<T> {
  const client = new SftpClient('figures', {})
  await client.connect({ host, port, username: address('/').user, privateKey: await readFile(privateKeyFile) })
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Once it has read everything, the stream still fails when its connection is closed. */
async function readStream(client: SftpClient, path: string, size: number): Promise<void> {
  let read = 0
  const stream: Readable = client.createReadStream(path)
  stream.on('data', (chunk: Buffer) => void (read += chunk.length))
  await finished(stream, { writable: false })
  stream.on('error', () => {})
  if (read !== size) throw new Error(`read ${read} of ${size} bytes`)
}

async function writeStream(client: SftpClient, path: string, body: readonly Buffer[]): Promise<void> {
  await pipeline(body, client.createWriteStream(path))
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { MiB: { type: 'string', default: '256' } } })
  const figures = await sftpFigures(Number(values.MiB) * MiB)
  printFigures(figures)
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1
}
