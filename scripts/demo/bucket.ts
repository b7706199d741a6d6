import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Bucket {
  readonly endpoint: string
  readonly region: string
  readonly name: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../../test/servers/oss/main.ts', import.meta.url))

/** An OSS server in a process of its own, with one empty bucket kept in `dir`. */
export async function startBucket(dir: string): Promise<Bucket> {
  const name = 'demo-archive'
  const region = 'cn-hangzhou'
  const accessKeyId = `demo-${randomBytes(6).toString('hex')}`
  const accessKeySecret = randomBytes(18).toString('base64url')
  const flags = ['--port', '0', '--dir', dir, '--bucket', name, '--region', region, '--access-key-id', accessKeyId]
  const child = spawn(process.execPath, [program, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, OSS_ACCESS_KEY_SECRET: accessKeySecret },
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { endpoint } = JSON.parse(line) as { endpoint: string }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
  return { endpoint, region, name, accessKeyId, accessKeySecret, stop }
}
