import { StorageError } from '../../error.ts'
import { show, toBytes, toText, type ByteString } from '../../tree/names.ts'
import type { Links, RawName, Reader } from '../../tree/reader.ts'
import { isTemporary } from '../../tree/temporary.ts'
import { asUnreadable } from '../../tree/unreadable.ts'
import type { ByteSession, ReadName } from './byte-session.ts'
import { toStorageError } from './error.ts'
import { toFacts, type Facts } from './info.ts'
import { orAborted, type Pool } from './pool.ts'

/** Answers to wait for at a time; a server gives some 100 names in each. */
const readingsAhead = 8

type Signal = AbortSignal | undefined

export function openReader(root: string, pool: Pool, followSymlinks: boolean): Reader<Facts> {
  const at = (path: ByteString): ByteString => `${root === '/' ? '' : toBytes(root)}/${path}`
  return {
    read: (directory, signal) => namesWithin(pool, at, directory, signal),
    ...(followSymlinks && { links: openLinks(pool, at) }),
  }
}

async function* namesWithin(pool: Pool, at: (path: ByteString) => ByteString, directory: ByteString, signal: Signal): AsyncIterable<readonly RawName<Facts>[]> {
  const { session, release } = await pool.lease(signal)
  try {
    const bytes = await orAborted(signal, session.bytes())
    for await (const names of readDirectory(bytes, at(directory), signal)) {
      yield await Promise.all(names.filter(({ raw }) => !isTemporary(raw)).map((name) => toRawName(bytes, at(directory), name)))
    }
  } catch (error) {
    throw asUnreadable(toStorageError(error, toText(show(directory)) || 'the folder of the address'))
  } finally {
    release()
  }
}

/** A directory's names but `.` and `..`, as the server gives them: never more than a few answers are held. */
export async function* readDirectory(bytes: ByteSession, path: ByteString, signal: Signal): AsyncIterable<readonly ReadName[]> {
  const handle = await orAborted(signal, bytes.opendir(path))
  try {
    const ahead: Promise<readonly ReadName[] | undefined>[] = []
    for (let more = true; more || ahead.length > 0; ) {
      while (more && ahead.length < readingsAhead) ahead.push(quiet(bytes.readdir(handle)))
      const names = await orAborted(signal, ahead.shift() ?? Promise.resolve(undefined))
      if (names) yield names.filter(isName)
      else more = false
    }
  } finally {
    bytes.close(handle).catch(() => {})
  }
}

/** It may fail while nobody waits for it any more. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

function isName({ raw }: ReadName): boolean {
  if (raw === '' || raw.includes('/')) throw new StorageError(`The server lists ${JSON.stringify(raw)}, which is no name.`, { kind: 'unexpected' })
  return raw !== '.' && raw !== '..'
}

/** Some servers do not say with a name what it is. */
async function toRawName(bytes: ByteSession, directory: ByteString, { raw, attributes }: ReadName): Promise<RawName<Facts>> {
  const details = attributes.mode === undefined ? await bytes.lstat(directory + raw) : toFacts(attributes)
  return { raw, kind: details.kind, details }
}

function openLinks(pool: Pool, at: (path: ByteString) => ByteString): Links<Facts> {
  const ask = <T>(signal: Signal, work: (bytes: ByteSession) => Promise<T>): Promise<T> => pool.use(signal, async (session) => await work(await session.bytes()))
  return {
    follow: async (path, signal) => await ask(signal, async (bytes) => {
      const details = await bytes.stat(at(path)).catch(() => undefined)
      if (!details) return undefined
      return { kind: details.kind, identity: details.kind === 'directory' ? await bytes.realpath(at(path)) : '', details }
    }),
    identify: async (directory, signal) => await ask(signal, async (bytes) => await bytes.realpath(at(directory)).catch(() => '')),
  }
}
