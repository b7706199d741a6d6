/** OpenSSH's own server, as a process of the tests: SFTP only, logins by key. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { SftpAddress } from '../../storage/drivers/sftp/address.ts'
import { awaitUntil } from './await-until.ts'
import { end, freePort, hasEnded, start, temporaryFolder } from './processes.ts'

const program = '/usr/sbin/sshd'

export interface Sshd {
  readonly host: string
  readonly port: number
  readonly privateKeyFile: string
  readonly hostKey: string
  address(path: string, changes?: Partial<SftpAddress>): SftpAddress
  /** Processes that serve a connection each. */
  sessions(): number[]
  /** Takes a new host key at the same port, and drops every connection. */
  changeHostKey(): Promise<void>
  stop(): Promise<void>
}

export async function startSshd(lines: readonly string[] = []): Promise<Sshd> {
  if (!existsSync(program)) throw new Error('There is no OpenSSH server on this machine: apt-get install openssh-server')
  const dir = temporaryFolder('sshd')
  // Whoever logs in reads the list of keys.
  chmodSync(dir, 0o755)
  const port = await freePort('127.0.0.1')
  makePrivilegeFolder()
  makeKey(join(dir, 'user'))
  makeKey(join(dir, 'host'))
  writeFileSync(join(dir, 'config'), configOf(dir, port, lines))
  let child = await startIn(dir, port)
  const privateKeyFile = join(dir, 'user')
  /** Those who serve a connection lead groups of their own. */
  const stop = async (): Promise<void> => {
    const serving = self.sessions()
    await end(child)
    serving.forEach(kill)
  }
  const self: Sshd = {
    host: '127.0.0.1',
    port,
    privateKeyFile,
    get hostKey() { return fingerprintOf(join(dir, 'host.pub')) },
    address: (path, changes) => ({ vendor: 'sftp', host: '127.0.0.1', port, user: userInfo().username, privateKeyFile, hostKey: self.hostKey, path, ...changes }),
    sessions: () => (hasEnded(child) ? [] : childrenOf(child.pid ?? 0)),
    changeHostKey: async () => {
      await stop()
      for (const name of ['host', 'host.pub']) rmSync(join(dir, name))
      makeKey(join(dir, 'host'))
      child = await startIn(dir, port)
    },
    stop,
  }
  return self
}

function configOf(dir: string, port: number, lines: readonly string[]): string {
  return [
    'ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${dir}/host`, `PidFile ${dir}/pid`, `AuthorizedKeysFile ${dir}/user.pub`,
    'UsePAM no', 'StrictModes no', 'PermitRootLogin yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no',
    'MaxStartups 100', 'Subsystem sftp internal-sftp', ...lines, '',
  ].join('\n')
}

/** As root, sshd wants the folder that its service's unit would make. */
function makePrivilegeFolder(): void {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
}

function makeKey(path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path])
}

async function startIn(dir: string, port: number) {
  const child = start(program, ['-D', '-e', '-f', join(dir, 'config')], { output: process.env['SHOW_SERVERS'] ? 'inherit' : 'ignore' })
  await awaitUntil(() => hasEnded(child) || accepts(port), { what: 'sshd answers' })
  if (hasEnded(child)) throw new Error(`sshd ended at once (${child.exitCode}); SHOW_SERVERS=1 shows why`)
  return child
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** As `ssh-keygen -l` prints it, made here of the key itself. */
function fingerprintOf(publicKey: string): string {
  const [, blob = ''] = readFileSync(publicKey, 'utf8').split(' ')
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter((one) => one !== '').map(Number).filter(isSession)
}

/** The group has a watcher too. */
function isSession(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')
  } catch {
    return false
  }
}
