import { utf8Length } from '../../model/keys.ts'
import { StorageError, type StorageErrorKind } from '../error.ts'
import type { Body, Metadata, Storage, StorageLimits } from '../storage.ts'
import { forward } from './intercept.ts'

/** Refuses, before anything is sent, what a store says that it does not hold. */
export function withLimits(inner: Storage): Storage {
  const { limits, multipart, serverCopy } = inner
  const putLongPart = multipart?.putLongPart
  return {
    ...forward(inner),
    put: async (key, body, options) => {
      assertObject(key, options.metadata, limits)
      assertBytes(lengthOf(body), limits.maxPutBytes, 'in one request')
      return await inner.put(key, body, options)
    },
    ...(multipart && {
      multipart: {
        ...multipart,
        create: async (key, options) => {
          assertObject(key, options.metadata, limits)
          assertBytes(options.size, limits.maxObjectBytes, 'in one object')
          return await multipart.create(key, options)
        },
        putPart: async (upload, number, body, options) => {
          assertBytes(lengthOf(body), limits.maxPartBytes, 'in one part')
          return await multipart.putPart(upload, number, body, options)
        },
        ...(putLongPart && {
          putLongPart: async (upload, number, body, options) => {
            assertBytes(body.size, limits.maxPartBytes, 'in one part')
            return await putLongPart(upload, number, body, options)
          },
        }),
      },
    }),
    ...(serverCopy && {
      serverCopy: {
        ...serverCopy,
        copy: async (source, key, options) => {
          assertObject(key, options.metadata, limits)
          return await serverCopy.copy(source, key, options)
        },
      },
    }),
  }
}

const lengthOf = (body: Body): number => body.reduce((sum, { length }) => sum + length, 0)
const refuse = (kind: StorageErrorKind, message: string): StorageError => new StorageError(message, { kind })
const tooMany = (what: string, bytes: number, most: number): string =>
  `${what} has ${bytes} bytes, the store holds at most ${most}.`

function assertObject(key: string, { user }: Metadata, { maxKeyBytes, maxMetadataBytes }: StorageLimits): void {
  const keyBytes = utf8Length(key)
  if (keyBytes > maxKeyBytes) throw refuse('key-unsupported', tooMany('The key', keyBytes, maxKeyBytes))
  const bytes = Object.entries(user).reduce((sum, [name, value]) => sum + utf8Length(name) + utf8Length(value), 0)
  if (bytes > maxMetadataBytes) throw refuse('metadata-unsupported', tooMany('User metadata', bytes, maxMetadataBytes))
}

function assertBytes(bytes: number, most: number, where: string): void {
  if (bytes > most) throw refuse('too-large', `The store takes at most ${most} bytes ${where}, not ${bytes}.`)
}
