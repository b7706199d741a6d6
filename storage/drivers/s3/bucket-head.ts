import type { BucketFacts } from '../../storage.ts'
import { header } from '../../http/headers.ts'
import type { Dialect } from './dialect.ts'

/** Names of headers; the first that the store sends counts. */
interface HeadForm {
  readonly region?: readonly string[]
  readonly storageClass?: readonly string[]
}

/** What HEAD of a bucket says, for vendors whose SDK is not asked. What no header says stays unknown. */
export function headFacts<A>({ region = [], storageClass = [] }: HeadForm): Dialect<A>['facts'] {
  return async (_address, wire, { signal }) => {
    const { headers } = await wire.send({ method: 'HEAD', ...(signal && { signal }) })
    const first = (names: readonly string[]) => names.map((name) => header(headers, name)).find(Boolean)
    const [where, kind] = [first(region), first(storageClass)]
    return { ...(where && { region: where }), ...(kind && { storageClass: kind }), archive: isArchive(kind) } satisfies BucketFacts
  }
}

const isArchive = (storageClass = ''): boolean => /archive/i.test(storageClass)
