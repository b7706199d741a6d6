/** Our own stand-in for a vendor's store, with a key for each way in which a call can be refused. */
import type { OpenOptions, ResolvedAddress } from '../../storage/open.ts'
import { openStorage } from '../../storage/open.ts'
import type { StoreVendor } from '../servers/stores/dialect.ts'
import type { AccessKey } from '../servers/stores/options.ts'
import { startServer, type StoreServer } from '../servers/stores/server.ts'
import { impatient, type Failure, type Target } from './target.ts'

export interface Login {
  readonly bucket: string
  readonly id: string
  readonly secret: string
}

export interface StoreTarget extends Pick<Target, 'refuses' | 'quirks' | 'archiveClass'> {
  readonly vendor: StoreVendor
  readonly bucket: string
  readonly address: (server: StoreServer, login: Login) => ResolvedAddress
}

const key = (accessKeyId: string, rest: Partial<AccessKey> = {}): AccessKey => ({ accessKeyId, accessKeySecret: 'test-secret', ...rest })

export async function startStoreTarget({ vendor, bucket, address, ...declared }: StoreTarget): Promise<Target> {
  const keys = [key('test-access'), key('none', { rights: 'none' }), key('throttled'), key('broken')]
  const server = await startServer(vendor, { buckets: [{ name: bucket }], keys, restoreDelayMs: 200 })
  server.faults.add({ accessKeyId: 'throttled', do: { kind: 'error', code: 'SlowDown', status: 503 } })
  server.faults.add({ accessKeyId: 'broken', do: { kind: 'error', code: 'InternalError', status: 500 } })
  const as = (login: Partial<Login>, options?: OpenOptions) => openStorage(address(server, { bucket, id: 'test-access', secret: 'test-secret', ...login }), options)
  const failing = {
    'no-bucket': as({ bucket: `missing-${bucket}` }),
    'bad-access-key': as({ id: 'nobody' }),
    'bad-secret': as({ secret: 'wrong-secret' }),
    forbidden: as({ id: 'none' }),
    throttled: as({ id: 'throttled' }, impatient),
    unavailable: as({ id: 'broken' }),
  } satisfies Partial<Record<Failure, unknown>>
  const opened = await Promise.all(Object.entries(failing).map(async ([kind, storage]) => [kind, await storage] as const))
  return { storage: await as({}), failing: Object.fromEntries(opened), ...declared, stop: () => server.close() }
}
