import { hash } from 'node:crypto'
import { Refusal } from './refusal.ts'
import type { Store, Upload } from './store.ts'

type Headers = Readonly<Record<string, string | undefined>>

export interface Outcome {
  readonly status: number
  readonly headers: Record<string, string>
}

const MiB = 2 ** 20

/** One request may be of several stages: `initiate,upload`, `upload,complete`. */
export function runStages(store: Store, path: string, headers: Headers, meta: Upload['meta'], bytes: Buffer): Outcome {
  const stages = (headers['x-upyun-multi-stage'] ?? '').split(',').map((stage) => stage.trim())
  const known = stages.includes('initiate') ? undefined : findUpload(store, path, headers['x-upyun-multi-uuid'])
  const upload = known ?? initiate(store, path, headers, meta)
  let status = 204
  for (const stage of stages) {
    if (stage === 'upload') takePart(upload, headers, bytes)
    else if (stage === 'complete') status = complete(store, upload, headers)
    else if (stage !== 'initiate') throw new Refusal(40011055)
  }
  return { status, headers: answerHeaders(upload) }
}

/** Fails where there is none, or where it is done. */
export function findUpload({ uploads }: Store, path: string, uuid: string | undefined): Upload {
  const upload = uploads.get(uuid ?? '')
  if (upload === undefined || upload.path !== path || upload.completed) throw new Refusal(40011058)
  return upload
}

function initiate(store: Store, path: string, headers: Headers, meta: Upload['meta']): Upload {
  const partSize = Number(headers['x-upyun-multi-part-size'] ?? MiB)
  if (partSize < MiB || partSize > 50 * MiB || partSize % MiB !== 0) throw new Refusal(40011054)
  const length = Number(headers['x-upyun-multi-length'] ?? Number.NaN)
  if (!Number.isInteger(length) || length < 0) throw new Refusal(40011052)
  const type = headers['x-upyun-multi-type'] ?? 'application/octet-stream'
  return store.openUpload({ path, length, partSize, disorder: headers['x-upyun-multi-disorder'] === 'true', type, meta })
}

function takePart(upload: Upload, headers: Headers, bytes: Buffer): void {
  const { parts, partSize, length, disorder } = upload
  const id = Number(headers['x-upyun-part-id'] ?? Number.NaN)
  if (!Number.isInteger(id) || id < 0 || id >= countOf(upload)) throw new Refusal(40011051)
  if (!disorder && id !== parts.size) throw new Refusal(40011061)
  if (bytes.length !== Math.min(partSize, length - id * partSize)) throw new Refusal(40300025)
  parts.set(id, bytes)
}

const countOf = ({ length, partSize }: Upload): number => Math.max(1, Math.ceil(length / partSize))

function complete(store: Store, upload: Upload, headers: Headers): number {
  const { parts, path, type, meta } = upload
  if (parts.size < countOf(upload)) throw new Refusal(40000024)
  const bytes = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part))
  const md5 = headers['x-upyun-multi-md5']
  if (md5 !== undefined && md5 !== hash('md5', bytes, 'hex')) throw new Refusal(40011059)
  const isNew = store.put(path, bytes, type, meta)
  upload.completed = true
  return isNew ? 201 : 204
}

function answerHeaders(upload: Upload): Record<string, string> {
  const next = upload.parts.size >= countOf(upload) ? -1 : upload.parts.size
  return {
    'x-upyun-multi-uuid': upload.uuid,
    'x-upyun-multi-length': String(upload.length),
    'x-upyun-multi-type': upload.type,
    'x-upyun-multi-part-size': String(upload.partSize),
    'x-upyun-next-part-id': String(next),
  }
}
