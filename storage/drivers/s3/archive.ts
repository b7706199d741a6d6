import { isStorageError } from '../../error.ts'
import type { Archive, CallOptions, ObjectInfo } from '../../storage.ts'
import type { ArchiveForm } from './dialect.ts'
import { header, type ReceivedHeaders } from '../../http/headers.ts'
import type { Wire } from './wire.ts'

export function openArchive(wire: Wire, form: ArchiveForm): Archive {
  return { restore: (key, options) => restore(wire, form, key, options) }
}

async function restore(wire: Wire, { request }: ArchiveForm, key: string, options: CallOptions & { readonly days: number }): Promise<void> {
  const { days, signal } = options
  const body = [Buffer.from(request(days))]
  const headers = { 'content-type': 'application/xml' }
  try {
    await wire.send({ method: 'POST', key, query: { restore: undefined }, headers, body, ...(signal && { signal }) })
  } catch (error) {
    if (!isStorageError(error) || error.code !== 'RestoreAlreadyInProgress') throw error
  }
}

/** What an answer to HEAD or GET tells; undefined where the object can be read. */
export function archivedOf(headers: ReceivedHeaders, form: ArchiveForm | undefined): ObjectInfo['archived'] {
  if (form === undefined || !form.isArchived(headers)) return undefined
  const restored = header(headers, form.restoreHeader)
  if (restored === undefined) return 'archived'
  return /ongoing-request="true"/.test(restored) ? 'restoring' : undefined
}

/** What S3, OSS and KS3 are sent alike. */
export const restoreRequest = (days: number): string => `<RestoreRequest><Days>${days}</Days></RestoreRequest>`
