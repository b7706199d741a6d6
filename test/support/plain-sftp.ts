/**
 * The least that an SFTP server may be, on ssh2: passwords, version 3 without an extension, names without what they are, reads and
 * writes of a few bytes at a time, and a rename that takes no other's place.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, futimesSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, realpathSync, renameSync, rmdirSync, statSync, unlinkSync, writeSync } from 'node:fs'
import type { Stats } from 'node:fs'
import ssh2 from 'ssh2'
import type { AuthContext, SFTPWrapper } from 'ssh2'
import { seenKey } from '../../storage/drivers/sftp/host-key.ts'

const { Server, utils } = ssh2
const { STATUS_CODE, flagsToString } = utils.sftp
const mostRead = 10_000

export interface PlainSftp {
  readonly port: number
  readonly hostKey: string
  stop(): Promise<void>
}

export interface PlainOptions {
  readonly password: string
  /** Ask for it instead of taking it. */
  readonly asks?: boolean
}

export async function startPlainSftp({ password, asks = false }: PlainOptions): Promise<PlainSftp> {
  const key = utils.generateKeyPairSync('ed25519')
  const parsed = utils.parseKey(key.private)
  if (parsed instanceof Error) throw parsed
  const server = new Server({ hostKeys: [key.private] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => logIn(context, password, asks))
    client.on('session', (accept) => accept().on('sftp', (take) => serve(take())))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, hostKey: seenKey(parsed.getPublicSSH()).fingerprint, stop: () => new Promise((resolve) => void server.close(() => resolve())) }
}

function logIn(context: AuthContext, password: string, asks: boolean): void {
  if (context.method === 'password' && !asks && context.password === password) context.accept()
  else if (context.method === 'keyboard-interactive' && asks) context.prompt('Password: ', ([answer]) => (answer === password ? context.accept() : context.reject()))
  else context.reject([asks ? 'keyboard-interactive' : 'password'])
}

interface Opened {
  readonly fd?: number
  names?: string[]
}

function serve(sftp: SFTPWrapper): void {
  const opened = new Map<number, Opened>()
  const handleOf = (one: Opened): Buffer => {
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(opened.size)
    opened.set(opened.size, one)
    return handle
  }
  const at = (handle: Buffer): Opened => opened.get(handle.readUInt32BE()) ?? {}
  const fdOf = (handle: Buffer): number => at(handle).fd ?? -1
  const done = (id: number, work: () => void) => answer(sftp, id, () => (work(), sftp.status(id, STATUS_CODE.OK)))

  sftp.on('OPEN', (id, path, flags) => answer(sftp, id, () => sftp.handle(id, handleOf({ fd: openSync(path, flagsToString(flags) ?? 'r') }))))
  sftp.on('OPENDIR', (id, path) => answer(sftp, id, () => sftp.handle(id, handleOf({ names: readdirSync(path) }))))
  sftp.on('READDIR', (id, handle) => {
    const names = at(handle).names?.splice(0, 3) ?? []
    if (names.length === 0) sftp.status(id, STATUS_CODE.EOF)
    else sftp.name(id, names.map((filename) => ({ filename, longname: '', attrs: {} as never })))
  })
  sftp.on('READ', (id, handle, position, length) => answer(sftp, id, () => {
    const bytes = Buffer.alloc(Math.min(length, mostRead))
    const count = readSync(fdOf(handle), bytes, 0, bytes.length, position)
    if (count === 0) sftp.status(id, STATUS_CODE.EOF)
    else sftp.data(id, bytes.subarray(0, count))
  }))
  sftp.on('WRITE', (id, handle, position, bytes) => done(id, () => writeSync(fdOf(handle), bytes, 0, bytes.length, position)))
  sftp.on('CLOSE', (id, handle) => done(id, () => at(handle).fd !== undefined && closeSync(fdOf(handle))))
  sftp.on('FSETSTAT', (id, handle, { size, atime, mtime }) => done(id, () => {
    if (size !== undefined) ftruncateSync(fdOf(handle), size)
    if (mtime !== undefined) futimesSync(fdOf(handle), atime, mtime)
  }))
  sftp.on('FSTAT', (id, handle) => answer(sftp, id, () => sftp.attrs(id, toAttributes(fstatSync(fdOf(handle))))))
  sftp.on('LSTAT', (id, path) => answer(sftp, id, () => sftp.attrs(id, toAttributes(lstatSync(path)))))
  sftp.on('STAT', (id, path) => answer(sftp, id, () => sftp.attrs(id, toAttributes(statSync(path)))))
  sftp.on('REALPATH', (id, path) => answer(sftp, id, () => sftp.name(id, [{ filename: realpathSync(path), longname: '', attrs: {} as never }])))
  sftp.on('MKDIR', (id, path) => done(id, () => mkdirSync(path)))
  sftp.on('RMDIR', (id, path) => done(id, () => rmdirSync(path)))
  sftp.on('REMOVE', (id, path) => done(id, () => unlinkSync(path)))
  sftp.on('RENAME', (id, from, to) => done(id, () => {
    if (existsSync(to)) throw new Error('there')
    renameSync(from, to)
  }))
}

const toAttributes = ({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats) => ({ mode, uid, gid, size, atime: Math.floor(atimeMs / 1_000), mtime: Math.floor(mtimeMs / 1_000) })

function answer(sftp: SFTPWrapper, id: number, work: () => void): void {
  try {
    work()
  } catch (error) {
    sftp.status(id, statuses[(error as NodeJS.ErrnoException).code ?? ''] ?? STATUS_CODE.FAILURE)
  }
}

const statuses: Readonly<Record<string, number>> = { ENOENT: STATUS_CODE.NO_SUCH_FILE, EACCES: STATUS_CODE.PERMISSION_DENIED }
