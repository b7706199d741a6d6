/** Keys other than ssh2 makes them, and a socket other than its own: judged by OpenSSH. */
import { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'ssh2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { wrapKeys, type OpenClient } from '../../../storage/drivers/sftp/ciphers.ts'
import { openSftp } from '../../../storage/drivers/sftp/driver.ts'
import { GatheringSocket } from '../../../storage/drivers/sftp/gathering-socket.ts'
import { bytesOf, put, read, sha256 } from '../../conformance/tools.ts'
import { awaitUntil } from '../../support/await-until.ts'
import { temporaryFolder } from '../../support/processes.ts'
import { startSshd, type Sshd } from '../../support/sshd.ts'

async function start(lines: readonly string[]): Promise<Sshd> {
  const server = await startSshd(lines)
  onTestFinished(async () => await server.stop())
  return server
}

/** Sizes around those of packets, and more than their counter's last byte counts. */
const sizes = [0, 1, 15, 16, 4_000, 4_096, 32_768, 32_769, 6_000_000]

describe('what is sent arrives as it was', () => {
  it.each([
    ['Ciphers aes128-gcm@openssh.com'],
    ['Ciphers aes256-gcm@openssh.com'],
    ['Ciphers aes128-ctr', 'MACs hmac-sha2-256'],
    ['Ciphers chacha20-poly1305@openssh.com'],
    ['RekeyLimit 1M'],
  ])('%s', async (...lines) => {
    const server = await start(lines)
    const path = temporaryFolder('sftp-ciphers')
    const storage = openSftp(server.address(path), { connections: 1 })
    onTestFinished(async () => await storage.close())
    await Promise.all(sizes.map(async (size) => await put(storage, `${size}`, bytesOf(size))))
    for (const size of sizes) {
      expect(sha256(readFileSync(join(path, `${size}`)))).toBe(sha256(bytesOf(size)))
      expect(sha256((await read(storage, `${size}`)).bytes)).toBe(sha256(bytesOf(size)))
    }
  })
})

it('the keys of this ssh2 are where they are known to be, also after a further exchange of keys', async () => {
  const { host, port, privateKeyFile, address } = await start(['RekeyLimit 64K'])
  const client: OpenClient = new Client()
  const socket = new GatheringSocket()
  onTestFinished(() => void client.end())
  wrapKeys(client)
  const seen: unknown[] = []
  client.on('handshake', () => void seen.push(keyOf(client._protocol?.['_cipher'], '_encKey'), keyOf(client._protocol?.['_decipher'], '_decipherKey')))
  client.on('ready', () => client.sftp((_error, sftp) => sftp.writeFile(join(temporaryFolder('sftp-ciphers'), 'file'), Buffer.alloc(1_000_000), () => {})))
  client.connect({ username: address('/').user, privateKey: readFileSync(privateKeyFile), sock: socket.connect({ host, port }) })
  await awaitUntil(() => seen.length > 2)
  for (const key of seen) expect(key).toBeInstanceOf(KeyObject)
  expect(seen[2]).not.toBe(seen[0])
})

const keyOf = (cipher: unknown, field: string): unknown => (typeof cipher === 'object' && cipher !== null ? Reflect.get(cipher, field) : undefined)
