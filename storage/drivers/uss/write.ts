import { isStorageError, StorageError } from '../../error.ts'
import type { Body, CallOptions, PutOptions, PutResult } from '../../storage.ts'
import { assertKey, keyFault, parentOf } from '../../tree/key.ts'
import { hashesOf } from './info.ts'
import { toUssHeaders } from './metadata.ts'
import { headFile } from './read.ts'
import { unlessGone, type Wire } from './wire.ts'

export async function putFile(wire: Wire, key: string, body: Body, options: PutOptions): Promise<PutResult> {
  assertKey(key)
  const headers = toUssHeaders(options.metadata)
  await assertConditions(wire, key, options)
  if (key.endsWith('/')) return await makeFolder(wire, key, body, options)
  const { hashes: { md5 } = {}, signal } = options
  const sent = { ...headers, ...(md5 !== undefined && { 'content-md5': md5 }) }
  const answer = await wire.send({ method: 'PUT', key, headers: sent, body, ...(signal && { signal }) })
  return { hashes: hashesOf(answer.headers) }
}

async function makeFolder(wire: Wire, key: string, body: Body, { signal }: CallOptions): Promise<PutResult> {
  if (body.some(({ length }) => length > 0)) throw new StorageError('A folder cannot hold bytes of its own.', { kind: 'key-unsupported' })
  const headers = { folder: 'true', 'x-upyun-folder': 'true' }
  await wire.send({ method: 'POST', key, headers, body: [], ...(signal && { signal }) }).catch(unlessCode(folderExists))
  return { hashes: {} }
}

const folderExists = '40600002'
const folderNotEmpty = '40300005'

const unlessCode = (code: string) => (error: unknown): void => {
  if (!isStorageError(error) || error.code !== code) throw error
}

/** Looked at before the write: the service knows no conditions. */
export async function assertConditions(wire: Wire, key: string, options: Pick<PutOptions, 'ifAbsent' | 'ifMatch' | 'signal'>): Promise<void> {
  const { ifAbsent, ifMatch } = options
  if (!ifAbsent && ifMatch === undefined) return
  const held = await headFile(wire, key, options).catch((error: unknown) => {
    if (isStorageError(error, 'not-found')) return undefined
    throw error
  })
  if (ifAbsent ? held === undefined : held?.etag === ifMatch) return
  throw new StorageError('What is at the destination is not as the request demands.', { kind: 'precondition' })
}

/**
 * A folder goes only when it is empty. Those that become empty stay, as they are the user's; only those below `own`, the report
 * folder, which our own files made, go with their last file.
 */
export async function deleteFile(wire: Wire, own: string, key: string, options: CallOptions = {}): Promise<void> {
  if (keyFault(key)) return
  await deleteOne(wire, key, options)
  if (!key.startsWith(own)) return
  for (let at = parentOf(key); at.startsWith(own); at = parentOf(at)) if (!(await deleteOne(wire, at, options))) return
}

/** False: a folder that holds something. */
async function deleteOne(wire: Wire, key: string, { signal }: CallOptions): Promise<boolean> {
  const isFolder = key.endsWith('/')
  try {
    await unlessGone(wire.send({ method: 'DELETE', key, ...(isFolder && { headers: { 'x-upyun-folder': 'true' } }), ...(signal && { signal }) }), 'not-found')
    return true
  } catch (error) {
    if (isFolder && isStorageError(error) && error.code === folderNotEmpty) return false
    throw error
  }
}
