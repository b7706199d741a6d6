/** The real servers behind the faults: opened through the proxy by the engine, and directly by the judge. */
import { openStorage } from '../../../storage/open.ts'
import type { Storage } from '../../../storage/storage.ts'
import { startAzurite } from '../../support/azurite.ts'
import { startOssProcess } from '../../support/oss-process.ts'
import { startVersitygw } from '../../support/versitygw.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import type { HttpVendor, Step } from './faults.ts'

export interface WireBench {
  readonly proxy: FaultProxy
  readonly throughProxy: Storage
  readonly direct: Storage
  matches(step: Step, key: string): (method: string, url: URL) => boolean
  stop(): Promise<void>
}

type Server = { readonly endpoint: string; readonly open: (endpoint: string) => Promise<Storage>; readonly stop: () => Promise<void> }

const servers: Readonly<Record<HttpVendor, () => Promise<Server>>> = {
  s3: async () => {
    const server = await startVersitygw()
    await server.makeBucket('wire')
    const { region, accessKeyId, secretAccessKey } = server
    return { endpoint: server.endpoint, open: (endpoint) => openStorage({ vendor: 's3', endpoint, region, accessKeyId, secretAccessKey, bucket: 'wire' }), stop: () => server.stop() }
  },
  oss: async () => {
    const server = await startOssProcess({ buckets: ['wire'] })
    const { region } = server
    const key = { accessKeyId: 'process-key-id', accessKeySecret: 'process-key-secret' }
    return { endpoint: server.endpoint, open: (endpoint) => openStorage({ vendor: 'oss', endpoint, region, bucket: 'wire', ...key }), stop: () => server.stop() }
  },
  azblob: async () => {
    const server = await startAzurite()
    await server.makeContainer('wire')
    const { account, accountKey } = server
    return { endpoint: server.endpoint, open: (endpoint) => openStorage({ vendor: 'azblob', endpoint, account, accountKey, container: 'wire' }), stop: () => server.stop() }
  },
}

/** What a request of S3 and its kin is. */
function stepOfS3(method: string, { searchParams }: URL): Step | undefined {
  if (method === 'GET') return searchParams.size === 0 ? 'get' : undefined
  if (method === 'HEAD') return 'head'
  if (method === 'PUT') return searchParams.has('partNumber') ? 'part' : 'put'
  return method === 'POST' && searchParams.has('uploadId') ? 'complete' : undefined
}

function stepOfAzure(method: string, { searchParams }: URL): Step | undefined {
  const comp = searchParams.get('comp')
  if (method === 'GET') return comp === null ? 'get' : undefined
  if (method === 'HEAD') return 'head'
  if (method !== 'PUT') return undefined
  return comp === 'block' ? 'part' : comp === 'blocklist' ? 'complete' : comp === null ? 'put' : undefined
}

export async function startBench(vendor: HttpVendor): Promise<WireBench> {
  const server = await servers[vendor]()
  const proxy = await startFaultProxy(server.endpoint)
  const [throughProxy, direct] = await Promise.all([server.open(proxy.endpoint), server.open(server.endpoint)])
  const stepOf = vendor === 'azblob' ? stepOfAzure : stepOfS3
  return {
    proxy, throughProxy, direct,
    matches: (step, key) => (method, url) =>
      url.pathname.endsWith(`/${key}`) && stepOf(method, url) === (step === 'range' ? 'get' : step),
    async stop() {
      await Promise.all([throughProxy.close(), direct.close()])
      await proxy.stop()
      await server.stop()
    },
  }
}
