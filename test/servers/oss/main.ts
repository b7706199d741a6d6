/**
 * The OSS test server as a process of its own:
 *
 *   OSS_ACCESS_KEY_SECRET=… node test/servers/oss/main.ts --access-key-id ID --bucket NAME[=CLASS]
 *     [--port 9000] [--dir DIR] [--region R] [--restore-delay MS]
 *
 * `--bucket` may be given several times. Prints one line of JSON once it answers; ends on SIGTERM, SIGINT, or when its
 * standard input closes with `--until-stdin-closes`.
 */
import { parseArgs } from 'node:util'
import type { AccessKey } from './options.ts'
import { startOssServer } from './server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    dir: { type: 'string' },
    bucket: { type: 'string', multiple: true, default: [] },
    region: { type: 'string', default: 'cn-hangzhou' },
    'access-key-id': { type: 'string' },
    'restore-delay': { type: 'string', default: '1000' },
    'until-stdin-closes': { type: 'boolean', default: false },
  },
})

const server = await startOssServer({
  port: Number(values.port),
  ...(values.dir === undefined ? {} : { dir: values.dir }),
  region: values.region,
  buckets: values.bucket.map(text => {
    const [name = '', storageClass = 'Standard'] = text.split('=')
    return { name, storageClass }
  }),
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
  const { OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SECURITY_TOKEN } = process.env
  const accessKeyId = values['access-key-id'] ?? OSS_ACCESS_KEY_ID
  if (!accessKeyId || !OSS_ACCESS_KEY_SECRET) {
    process.stderr.write('Give --access-key-id (or OSS_ACCESS_KEY_ID) and OSS_ACCESS_KEY_SECRET in the environment.\n')
    process.exit(2)
  }
  return {
    accessKeyId,
    accessKeySecret: OSS_ACCESS_KEY_SECRET,
    ...(OSS_SECURITY_TOKEN ? { securityToken: OSS_SECURITY_TOKEN } : {}),
  }
}
