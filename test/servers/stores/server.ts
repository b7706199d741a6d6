import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerAdmin, isAdmin } from './admin.ts'
import type { Counters } from './counters.ts'
import type { Dialect, StoreVendor } from './dialect.ts'
import { bosDialect } from './dialects/bos.ts'
import { cosDialect } from './dialects/cos.ts'
import { kodoDialect } from './dialects/kodo.ts'
import { ks3Dialect } from './dialects/ks3.ts'
import { ossDialect } from './dialects/oss.ts'
import type { Faults } from './faults.ts'
import { KiB, type AccessKey, type BucketOptions, type ServerOptions } from './options.ts'
import { StoreService } from './service.ts'

export interface StoreServer {
  /** `http://localhost:PORT`; buckets answer under it in path style, and under `http://BUCKET.localhost:PORT`. */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** `counters.counts()`, `.traffic()`, `.reset()`. */
  readonly counters: Counters
  /** `faults.add(rule)`, `.remove(id)`, `.clear()`, `.hits(id)`. */
  readonly faults: Faults
  /** Makes a bucket, or leaves the one that is there. */
  addBucket(bucket: BucketOptions): void
  /** Replaces all access keys: rotation, revocation, other rights. */
  setKeys(keys: readonly AccessKey[]): void
  setRestoreDelay(ms: number): void
  /** Shifts the server's clock, to be skewed or to let things expire. */
  setClockOffset(ms: number): void
  /** Breaks what is under way. Data on disk stays. */
  close(): Promise<void>
}

export const dialects = { oss: ossDialect, cos: cosDialect, ks3: ks3Dialect, bos: bosDialect, kodo: kodoDialect } satisfies Record<StoreVendor, Dialect>

export const startOssServer = (options: ServerOptions): Promise<StoreServer> => startServer('oss', options)
export const startCosServer = (options: ServerOptions): Promise<StoreServer> => startServer('cos', options)
export const startKs3Server = (options: ServerOptions): Promise<StoreServer> => startServer('ks3', options)
export const startBosServer = (options: ServerOptions): Promise<StoreServer> => startServer('bos', options)
export const startKodoServer = (options: ServerOptions): Promise<StoreServer> => startServer('kodo', options)

/** Starts a vendor's store on 127.0.0.1. */
export async function startServer(vendor: StoreVendor, options: ServerOptions): Promise<StoreServer> {
  const service = new StoreService(dialects[vendor], options)
  const server = createServer({ maxHeaderSize: 64 * KiB, keepAliveTimeout: 60_000, requestTimeout: 0 }, (message, response) => {
    const done = isAdmin(message) ? answerAdmin(service, message, response) : service.handle(message, response)
    done.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const port = await listen(server, options.port ?? 0)
  return {
    endpoint: `http://localhost:${port}`,
    port,
    region: service.region,
    counters: service.counters,
    faults: service.faults,
    addBucket: bucket => service.addBucket(bucket),
    setKeys: keys => service.setKeys(keys),
    setRestoreDelay: ms => service.setRestoreDelay(ms),
    setClockOffset: ms => service.setClockOffset(ms),
    close: () => close(server, service),
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server, service: StoreService): Promise<void> {
  return new Promise(resolve => {
    server.close(() => {
      service.store.close()
      resolve()
    })
    server.closeAllConnections()
  })
}
