/** A destination that takes objects as the memory driver does and forgets them; what the job itself writes lies in a folder. */
import { reportFolder } from '../../model/report-row.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { openNas } from '../../storage/drivers/nas/driver.ts'
import type { Multipart, Storage } from '../../storage/storage.ts'

export function forgetfulDestination(folder: string): Storage {
  const { serverCopy: _copy, archive: _archive, tagging: _tagging, acl: _acl, ...memory } = openMemory()
  const disk = openNas({ vendor: 'nas', path: folder })
  const of = (key = ''): Storage => (key.startsWith(reportFolder) ? disk : memory)
  const partsOf = (key: string): Multipart => {
    const { multipart } = of(key)
    if (multipart === undefined) throw new Error('Both have multipart uploads.')
    return multipart
  }
  return {
    ...memory,
    list: (options) => of(options?.prefix).list(options),
    head: (key, options) => of(key).head(key, options),
    get: (key, sink, options) => of(key).get(key, sink, options),
    put: async (key, body, options) => {
      if (of(key) === disk) return await disk.put(key, body, { ...options, metadata: { user: {} }, hashes: {} })
      const result = await memory.put(key, body, options)
      await memory.delete(key)
      return result
    },
    delete: (key, options) => of(key).delete(key, options),
    multipart: {
      create: (key, options) => partsOf(key).create(key, { ...options, metadata: { user: {} } }),
      putPart: (upload, number, body, options) => partsOf(upload.key).putPart(upload, number, body, options),
      listParts: (upload, options) => partsOf(upload.key).listParts(upload, options),
      complete: (upload, parts, options) => partsOf(upload.key).complete(upload, parts, options),
      abort: (upload, options) => partsOf(upload.key).abort(upload, options),
      listUploads: (key, options) => partsOf(key).listUploads(key, options),
    },
  }
}
