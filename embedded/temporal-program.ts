import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { cacheFolder, findProgram, type FindOptions, type Program } from './program.ts'

const run = promisify(execFile)

const version = '1.8.2'
/** Inside that version. */
const pinnedServer = '1.31.2'
/** Older servers lack what the jobs use. */
const oldestServer = [1, 30] as const
const module = join(import.meta.dirname, 'temporal')

export const temporalProgram: Program = {
  name: 'temporal',
  version,
  module: module.replace(/([\\/])dist([\\/]embedded)/, '$2'),
  goPackage: 'github.com/temporalio/cli/cmd/temporal',
  ldflags: `-X github.com/temporalio/cli/internal/temporalcli.Version=${version}`,
  buildMinutes: 5,
  accepts: async (path) => isRecent(await serverVersion(path)),
  download,
}

/** The path of a Temporal CLI whose server is recent enough. The first time it is downloaded or built: `onProgress` says so. */
export const findTemporal = (options?: FindOptions): Promise<string> => findProgram(temporalProgram, options)

/** The version of the server inside a Temporal CLI, such as `1.31.2`; undefined when the program does not say. */
export async function serverVersion(path: string): Promise<string | undefined> {
  return path === join(cacheFolder(), 'bin', `temporal-${version}`) ? pinnedServer : await ask(path)
}

async function ask(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version', '--disable-config-file'], { timeout: 10_000 })
    return /\(Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

export function isRecent(server: string | undefined): boolean {
  const [major = 0, minor = 0] = (server ?? '').split('.').map(Number)
  return major > oldestServer[0] || (major === oldestServer[0] && minor >= oldestServer[1])
}

/** The official archives exist for these; elsewhere the program is built. */
const platforms = new Set(['linux', 'darwin'])
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

async function download(folder: string): Promise<string> {
  const arch = architectures[process.arch]
  if (!platforms.has(process.platform) || !arch) throw new Error(`no release for ${process.platform} ${process.arch}`)
  const archive = join(folder, 'temporal.tar.gz')
  await fetchTo(archive, `https://temporal.download/cli/archive/v${version}?platform=${process.platform}&arch=${arch}`)
  await run('tar', ['-xzf', archive, '-C', folder, 'temporal'])
  const program = join(folder, 'temporal')
  if (!isRecent(await serverVersion(program))) throw new Error('what was downloaded is not a working Temporal')
  return program
}

async function fetchTo(file: string, url: string): Promise<void> {
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent({ connect: { timeout: 5_000 }, headersTimeout: 10_000, bodyTimeout: 30_000 })
  try {
    const answer = await fetch(url, { dispatcher })
    if (!answer.ok || !answer.body) throw new Error(`${new URL(url).host} answered ${answer.status}`)
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(file))
  } finally {
    await dispatcher.close()
  }
}
