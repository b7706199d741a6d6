import { StorageError, type StorageErrorKind } from '../../error.ts'

const sentences = {
  'not-found': (key: string) => `There is no object "${key}".`,
  'no-bucket': (name: string) => `There is no store "${name}".`,
  'no-upload': (id: string) => `There is no upload ${id}.`,
  archived: (key: string) => `The object "${key}" is archived.`,
  precondition: (key: string) => `The object "${key}" is not as the request demands.`,
} as const satisfies Partial<Record<StorageErrorKind, (subject: string) => string>>

export const fault = (kind: keyof typeof sentences, subject: string): StorageError =>
  new StorageError(sentences[kind](subject), { kind })

export function assertKey(key: string): void {
  if (key !== '' && key.isWellFormed()) return
  throw new StorageError(`${JSON.stringify(key)} cannot be a key.`, { kind: 'key-unsupported' })
}
