import { isStorageError, StorageError } from '../../error.ts'
import type { Body, CallOptions, ObjectInfo, PutOptions, PutResult } from '../../storage.ts'
import type { Dialect, WriteForm } from './dialect.ts'
import { etagOf } from './hashes.ts'
import { toMetadataHeaders } from '../../http/metadata.ts'
import { toAclHeaders } from './acl.ts'
import { headObject } from './read.ts'
import type { Headers } from './signing.ts'
import { toTagHeaders } from './tags.ts'
import type { Answer } from '../../http/transport.ts'
import type { Wire } from './wire.ts'

export async function putObject<A>(
  wire: Wire,
  dialect: Dialect<A>,
  key: string,
  body: Body,
  options: PutOptions,
): Promise<PutResult> {
  const { signal } = options
  const headers = {
    ...objectHeaders(dialect, options),
    ...conditions(dialect, options),
    ...dialect.hashes.toHeaders(options.hashes ?? {}),
  }
  if (options.ifMatch !== undefined && !dialect.writes.ifMatch) await lookFor(wire, dialect, key, options.ifMatch, options)
  if (options.ifAbsent) await ensureAbsent(wire, dialect, key, options)
  return toPutResult(await wire.send({ method: 'PUT', key, headers, body, ...(signal && { signal }) }), dialect)
}

/** Metadata, storage class, tags and rights, as PUT, Create and Copy take them. */
export function objectHeaders<A>(
  dialect: Dialect<A>,
  { metadata, storageClass, tags, acl }: Pick<PutOptions, 'metadata' | 'storageClass' | 'tags' | 'acl'>,
): Headers {
  return {
    ...toMetadataHeaders(metadata, dialect.metadata, dialect.limits.maxMetadataBytes),
    ...(storageClass !== undefined && { [dialect.storageClassHeader]: storageClass }),
    ...toTagHeaders(dialect.tags, tags),
    ...toAclHeaders(dialect.acl, acl),
  }
}

export function conditions<A>({ writes }: Dialect<A>, { ifAbsent, ifMatch }: PutOptions): Headers {
  return { ...(ifAbsent && absenceHeaders(writes)), ...(ifMatch !== undefined && writes.ifMatch && { 'if-match': `"${ifMatch}"` }) }
}

export const absenceHeaders = ({ ifAbsent }: WriteForm): Headers => (ifAbsent === 'look' ? {} : ifAbsent)

/** Where no header says it: seen before the write, not exact. */
export async function ensureAbsent<A>(wire: Wire, dialect: Dialect<A>, key: string, options: CallOptions): Promise<void> {
  if (dialect.writes.ifAbsent !== 'look') return
  if (await held(wire, dialect, key, options)) throw new StorageError('The destination holds an object of this name.', { kind: 'precondition' })
}

/** Where PUT knows no If-Match: seen before the write, not exact. */
export async function lookFor<A>(wire: Wire, dialect: Dialect<A>, key: string, etag: string, options: CallOptions): Promise<void> {
  const object = await held(wire, dialect, key, options)
  if (object?.etag !== etag) throw new StorageError('The object at the destination is another one.', { kind: 'precondition' })
}

async function held<A>(wire: Wire, dialect: Dialect<A>, key: string, { signal }: CallOptions): Promise<ObjectInfo | undefined> {
  try {
    return await headObject(wire, dialect, key, signal && { signal })
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined
    throw error
  }
}

export function toPutResult<A>({ headers }: Answer, dialect: Dialect<A>): PutResult {
  const etag = etagOf(headers)
  return { ...(etag && { etag }), hashes: dialect.hashes.fromHeaders(headers) }
}

export async function deleteObject(wire: Wire, key: string, { signal }: CallOptions = {}): Promise<void> {
  try {
    await wire.send({ method: 'DELETE', key, ...(signal && { signal }) })
  } catch (error) {
    if (!isStorageError(error, 'not-found')) throw error
  }
}
