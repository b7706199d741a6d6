import { isStorageError } from '../../error.ts'
import type { ReceivedHeaders } from '../../http/headers.ts'
import type { CallOptions, ObjectInfo } from '../../storage.ts'
import { announcedBytes, toObjectInfo, wholeBytes } from './info.ts'
import type { Row } from './row.ts'
import type { Sizes } from './size.ts'
import type { Web } from './web.ts'

export async function headUrl(web: Web, sizes: Sizes, { url, key }: Row, options: CallOptions): Promise<ObjectInfo> {
  const asked = (await askByHead(web, url, options)) ?? (await askByGet(web, sizes, url, options))
  const size = asked.size ?? (await sizes.measure(url, options))
  return toObjectInfo(key, size, asked.headers)
}

interface Asked {
  readonly headers: ReceivedHeaders
  readonly size?: number | undefined
}

/** Undefined where a GET may say more: HEAD is refused, as signed URLs and small servers do, or does not tell the size. */
async function askByHead(web: Web, url: string, { signal }: CallOptions): Promise<Asked | undefined> {
  try {
    const { headers } = await web.send({ method: 'HEAD', url, ...(signal && { signal }) })
    const size = announcedBytes(headers)
    return size === undefined ? undefined : { headers, size }
  } catch (error) {
    if (isStorageError(error, 'invalid') || isStorageError(error, 'forbidden') || isRefusal(error)) return undefined
    throw error
  }
}

/** 501 means that the server does not know HEAD. */
const isRefusal = (error: unknown): boolean => isStorageError(error) && error.status === 501

/** Thrown to leave a body that nobody wants. */
class Enough extends Error {}

/** The first byte: its answer tells the size of all. 416: there is none. */
async function askByGet(web: Web, sizes: Sizes, url: string, { signal }: CallOptions): Promise<Asked> {
  let asked: Asked | undefined
  const onAnswer = (status: number, headers: ReceivedHeaders) => {
    asked = { headers, size: status === 200 ? sizes.of(url, headers) : wholeBytes(headers) }
    if (status === 200) throw new Enough()
    return () => {}
  }
  const headers = ['range', 'bytes=0-0']
  try {
    const answer = await web.send({ method: 'GET', url, headers, also: [416], onAnswer, ...(signal && { signal }) })
    return asked ?? { headers: answer.headers }
  } catch (error) {
    if (error instanceof Enough && asked !== undefined) return asked
    throw error
  }
}
