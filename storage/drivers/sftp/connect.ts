import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import type { Client, ConnectConfig, SFTPWrapper } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import type { StorageError } from '../../error.ts'
import type { SftpAddress } from './address.ts'
import { wrapKeys, type OpenClient } from './ciphers.ts'
import { Connection, type Patience } from './connection.ts'
import { toConnectionError } from './error.ts'
import { GatheringSocket } from './gathering-socket.ts'
import { hostKeyFault, seenKey } from './host-key.ts'

export interface ConnectOptions extends Patience {
  /** Until the login is through. */
  readonly connectMs: number
}

/** What its types leave out. */
class Ssh extends SftpClient {
  declare readonly client: OpenClient
}

const keepaliveMs = 15_000
const mostKeepalives = 3

export const endpointOf = ({ host, port = 22 }: SftpAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Fails with a StorageError of scope `address`. */
export async function connect(address: SftpAddress, options: ConnectOptions): Promise<Connection> {
  const ssh = new Ssh('tranship', {})
  const faults: unknown[] = []
  const socket = new GatheringSocket()
  ssh.client.on('error', (error) => void faults.push(error))
  wrapKeys(ssh.client)
  try {
    const sftp = await logIn({ ssh, socket }, address, options, (fault) => void faults.unshift(fault))
    socket.setNoDelay(true)
    return new Connection({ client: ssh.client, sftp }, endpointOf(address), options)
  } catch (error) {
    socket.destroy()
    throw toConnectionError(faults[0] ?? error, endpointOf(address))
  }
}

interface Line {
  readonly ssh: Ssh
  readonly socket: Socket
}

async function logIn({ ssh, socket }: Line, address: SftpAddress, { connectMs }: ConnectOptions, refuse: (fault: StorageError) => void): Promise<SFTPWrapper> {
  const { password, hostKey } = address
  const credentials = await credentialsOf(address)
  answerQuestions(ssh.client, password)
  return await ssh.connect({
    ...credentials,
    sock: socket.connect({ host: address.host, port: address.port ?? 22 }),
    username: address.user,
    tryKeyboard: password !== undefined,
    readyTimeout: connectMs,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: mostKeepalives,
    hostVerifier: (blob: Buffer) => {
      const seen = seenKey(blob)
      if (seen.fingerprint === hostKey) return true
      refuse(hostKeyFault(seen, hostKey, endpointOf(address)))
      return false
    },
  })
}

async function credentialsOf({ password, privateKeyFile, passphrase }: SftpAddress): Promise<ConnectConfig> {
  if (privateKeyFile === undefined) return { ...(password !== undefined && { password }) }
  return { privateKey: await readFile(privateKeyFile), ...(passphrase !== undefined && { passphrase }) }
}

/** Servers that take passwords only by asking for them. */
function answerQuestions(client: Client, password: string | undefined): void {
  if (password === undefined) return
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)))
}
