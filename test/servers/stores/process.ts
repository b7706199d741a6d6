import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { StoreVendor } from './dialect.ts'

export interface StoreProcessOptions {
  /** Without it everything is in memory. */
  readonly dir?: string
  /** `NAME` or `NAME=STORAGECLASS`. */
  readonly buckets: readonly string[]
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Default 0: any free port. */
  readonly port?: number
}

export interface StoreProcess {
  readonly endpoint: string
  readonly port: number
  readonly region: string
  readonly pid: number
  /** Resolves once the process is gone. SIGKILL: it gets no time to tidy up. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export const startOssProcess = (options: StoreProcessOptions): Promise<StoreProcess> => startStoreProcess('oss', options)

/** Starts the server as a process of its own, which ends with this one; resolves once it answers. Control it through `/-/`. */
export async function startStoreProcess(vendor: StoreVendor, options: StoreProcessOptions): Promise<StoreProcess> {
  const { dir, buckets, accessKeyId, accessKeySecret, port = 0 } = options
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const named = buckets.flatMap(bucket => ['--bucket', bucket])
  const args = [main, '--vendor', vendor, ...(dir === undefined ? [] : ['--dir', dir]), '--port', String(port), '--access-key-id', accessKeyId, ...named, '--until-stdin-closes']
  const env = { ...process.env, STORE_ACCESS_KEY_SECRET: accessKeySecret }
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const ended = exit.then(([code]) => Promise.reject(new Error(`the ${vendor} server ended with ${String(code)} before it answered`)))
  const [ready] = await Promise.race([line, ended])
  ended.catch(() => undefined)
  return {
    ...(JSON.parse(ready) as { endpoint: string; port: number; region: string; pid: number }),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await exit
    },
  }
}
