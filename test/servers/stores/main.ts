/**
 * A store as a process of its own:
 *
 *   STORE_ACCESS_KEY_SECRET=… node test/servers/stores/main.ts [--vendor oss] --access-key-id ID --bucket NAME[=CLASS]
 *     [--port 9000] [--dir DIR] [--region R] [--restore-delay MS] [--cname HOST=BUCKET]
 *
 * `--bucket` may be given several times. Prints one line of JSON once it answers; ends on SIGTERM, SIGINT, or when its
 * standard input closes with `--until-stdin-closes`.
 */
import { parseArgs } from 'node:util'
import type { AccessKey } from './options.ts'
import { storeVendors } from './dialect.ts'
import { startServer } from './server.ts'

const { values } = parseArgs({
  options: {
    vendor: { type: 'string', default: 'oss' },
    port: { type: 'string', default: '0' },
    dir: { type: 'string' },
    bucket: { type: 'string', multiple: true, default: [] },
    region: { type: 'string' },
    cname: { type: 'string', multiple: true, default: [] },
    'access-key-id': { type: 'string' },
    'restore-delay': { type: 'string', default: '1000' },
    'until-stdin-closes': { type: 'boolean', default: false },
  },
})

const vendor = storeVendors.find(name => name === values.vendor)
if (!vendor) {
  process.stderr.write(`--vendor is one of ${storeVendors.join(', ')}.\n`)
  process.exit(2)
}
const server = await startServer(vendor, {
  port: Number(values.port),
  ...(values.dir === undefined ? {} : { dir: values.dir }),
  ...(values.region === undefined ? {} : { region: values.region }),
  buckets: values.bucket.map(text => {
    const [name = '', storageClass] = text.split('=')
    return { name, ...(storageClass === undefined ? {} : { storageClass }) }
  }),
  cnames: Object.fromEntries(values.cname.map(text => text.split('=') as [string, string])),
  keys: [keyOfEnvironment()],
  restoreDelayMs: Number(values['restore-delay']),
})
process.stdout.write(
  `${JSON.stringify({ endpoint: server.endpoint, port: server.port, region: server.region, pid: process.pid })}\n`,
)

const stop = (): void => void server.close().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
if (values['until-stdin-closes']) process.stdin.resume().once('close', stop)

function keyOfEnvironment(): AccessKey {
  const { STORE_ACCESS_KEY_ID, STORE_ACCESS_KEY_SECRET, STORE_SECURITY_TOKEN } = process.env
  const accessKeyId = values['access-key-id'] ?? STORE_ACCESS_KEY_ID
  if (!accessKeyId || !STORE_ACCESS_KEY_SECRET) {
    process.stderr.write('Give --access-key-id (or STORE_ACCESS_KEY_ID) and STORE_ACCESS_KEY_SECRET in the environment.\n')
    process.exit(2)
  }
  return {
    accessKeyId,
    accessKeySecret: STORE_ACCESS_KEY_SECRET,
    ...(STORE_SECURITY_TOKEN ? { securityToken: STORE_SECURITY_TOKEN } : {}),
  }
}
