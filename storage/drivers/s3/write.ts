import { isStorageError, StorageError } from '../../error.ts'
import type { Body, CallOptions, PutOptions, PutResult } from '../../storage.ts'
import type { Dialect } from './dialect.ts'
import { toAclHeaders } from './acl.ts'
import { etagOf } from './hashes.ts'
import { toMetadataHeaders } from './metadata.ts'
import { headObject } from './read.ts'
import type { Headers } from './signing.ts'
import { toTagHeaders } from './tags.ts'
import type { Answer } from './transport.ts'
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
  return { ...(ifAbsent && writes.ifAbsent), ...(ifMatch !== undefined && writes.ifMatch && { 'if-match': `"${ifMatch}"` }) }
}

/** Where PUT knows no If-Match: seen before the write, not exact. */
export async function lookFor<A>(wire: Wire, dialect: Dialect<A>, key: string, etag: string, options: CallOptions): Promise<void> {
  const held = await headObject(wire, dialect, key, options).catch((error: unknown) => {
    if (isStorageError(error, 'not-found')) return undefined
    throw error
  })
  if (held?.etag !== etag) throw new StorageError('The object at the destination is another one.', { kind: 'precondition' })
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
