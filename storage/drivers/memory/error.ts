import { utf8Length } from '../../../model/keys.ts'
import { StorageError, type StorageErrorKind } from '../../error.ts'
import type { Metadata, StorageLimits } from '../../storage.ts'

const sentences = {
  'not-found': (key: string) => `There is no object "${key}".`,
  'no-bucket': (name: string) => `There is no store "${name}".`,
  'no-upload': (id: string) => `There is no upload ${id}.`,
  archived: (key: string) => `The object "${key}" is archived.`,
  precondition: (key: string) => `The object "${key}" is not as the request demands.`,
} as const satisfies Partial<Record<StorageErrorKind, (subject: string) => string>>

export const fault = (kind: keyof typeof sentences, subject: string): StorageError => new StorageError(sentences[kind](subject), { kind })

export function assertKey(key: string, { maxKeyBytes }: StorageLimits): void {
  const why = keyFault(key, maxKeyBytes)
  if (why) throw new StorageError(`The key ${JSON.stringify(key)} ${why}.`, { kind: 'key-unsupported' })
}

function keyFault(key: string, maxKeyBytes: number): string | undefined {
  if (key === '') return 'is empty'
  if (!key.isWellFormed()) return 'is not well-formed Unicode'
  return utf8Length(key) > maxKeyBytes ? `has more than ${maxKeyBytes} bytes` : undefined
}

export function assertMetadata({ user }: Metadata, { maxMetadataBytes }: StorageLimits): void {
  const bytes = Object.entries(user).reduce((sum, [name, value]) => sum + utf8Length(name) + utf8Length(value), 0)
  if (bytes <= maxMetadataBytes) return
  throw new StorageError(`User metadata has ${bytes} bytes, more than ${maxMetadataBytes}.`, { kind: 'metadata-unsupported' })
}

export function assertSize(bytes: number, most: number): void {
  if (bytes > most) throw new StorageError(`${bytes} bytes are more than ${most}.`, { kind: 'too-large' })
}
