/** The tools that tranship is compared with: pinned, built once into the cache. Each is told to do 64 things at a time, where it can be told. */
import { execFile } from 'node:child_process'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { cachedProgram } from '../embedded/program.ts'
import { temporaryFolder } from '../test/support/processes.ts'
import { runToEnd } from './run-to-end.ts'
import { caOf, type Place } from './place.ts'
import { rcloneArgs, rcloneEnv } from './rclone.ts'
import type { Task, Tool } from './tool.ts'

const run = promisify(execFile)
const atOnce = '64'

type Env = Readonly<Record<string, string>>

interface Peer {
  readonly name: string
  readonly takes: (task: Task) => boolean
  readonly program: PeerProgram
  readonly args: (task: Task) => readonly string[]
  readonly env: (task: Task) => Env
  /** Default: 0 alone. */
  readonly goodCodes?: readonly number[]
}

interface PeerProgram {
  readonly name: string
  readonly version: string
  /** What builds it below `folder`. */
  readonly build: (folder: string) => { readonly program: string; readonly args: readonly string[]; readonly env: Env }
}

const goInstall = (module: string, version: string): PeerProgram => ({
  name: basename(module),
  version,
  build: (folder) => ({ program: 'go', args: ['install', '-ldflags', '-s -w', `${module}@${version}`], env: { GOBIN: join(folder, 'bin') } }),
})

const rclone = goInstall('github.com/rclone/rclone', 'v1.75.1')
const mc = goInstall('github.com/minio/mc', 'v0.0.0-20250313080218-cf909e1063a9')
const s3sync: PeerProgram = {
  name: 's3sync',
  version: '1.62.4',
  build: (folder) => ({ program: 'cargo', args: ['install', 's3sync', '--version', '1.62.4', '--locked', '--no-default-features', '--root', folder], env: {} }),
}

/** Where both ends are S3, or the source is a folder. */
const speaksS3 = ({ from, to }: Task): boolean => (from.place.vendor === 's3' || from.place.vendor === 'nas') && to.place.vendor === 's3'
const speaksMost = ({ from, to }: Task): boolean => from.place.vendor !== 'oss' && to.place.vendor !== 'oss'

const mcPath = (remote: string, place: Place): string => (place.vendor === 's3' ? `${remote}/${place.bucket}` : pathOf(place))
const mcHost = (name: string, place: Place): Env => {
  if (place.vendor !== 's3') return {}
  const { protocol, host } = new URL(place.endpoint)
  return { [`MC_HOST_${name}`]: `${protocol}//${place.accessKeyId}:${place.secretAccessKey}@${host}` }
}

const s3syncPath = (place: Place): string => (place.vendor === 's3' ? `s3://${place.bucket}/` : `${pathOf(place)}/`)
const s3syncEnv = (end: 'SOURCE' | 'TARGET', place: Place): Env =>
  place.vendor === 's3' ? { [`${end}_ACCESS_KEY`]: place.accessKeyId, [`${end}_SECRET_ACCESS_KEY`]: place.secretAccessKey } : {}
const s3syncFlags = (end: 'source' | 'target', place: Place): string[] =>
  place.vendor === 's3' ? [`--${end}-endpoint-url`, place.endpoint, `--${end}-region`, place.region, `--${end}-force-path-style`] : []

const pathOf = (place: Place): string => (place.vendor === 'nas' ? place.path : '')

const peers: readonly Peer[] = [
  { name: 'rclone', takes: speaksMost, program: rclone, args: (task) => rcloneArgs(task, atOnce), env: rcloneEnv },
  { name: 'rclone, no HEAD, size only', takes: speaksS3, program: rclone, args: (task) => [...rcloneArgs(task, atOnce), '--s3-no-head', '--size-only'], env: rcloneEnv },
  {
    name: 'mc mirror',
    takes: speaksS3,
    program: mc,
    args: ({ from, to }) => ['mirror', '--quiet', '--overwrite', ...(caOf(from.place) ? ['--insecure'] : []), mcPath('src', from.place), mcPath('dst', to.place)],
    env: ({ from, to }) => ({ MC_CONFIG_DIR: temporaryFolder('mc'), ...mcHost('src', from.place), ...mcHost('dst', to.place) }),
  },
  {
    name: 's3sync',
    // Its TLS refuses a certificate that signs itself.
    takes: (task) => speaksS3(task) && caOf(task.from.place) === undefined,
    program: s3sync,
    // 3: it warns where an ETag is of parts at one end and of the whole at the other.
    goodCodes: [0, 3],
    args: ({ from, to }) => ['--worker-size', atOnce, ...s3syncFlags('source', from.place), ...s3syncFlags('target', to.place), s3syncPath(from.place), s3syncPath(to.place)],
    env: ({ from, to }) => ({ ...s3syncEnv('SOURCE', from.place), ...s3syncEnv('TARGET', to.place) }),
  },
]

/** Those that are there or could be built; the others are named to `say`. */
export async function findPeers(isWanted: (name: string) => boolean, say: (line: string) => void): Promise<Tool[]> {
  const paths = new Map<PeerProgram, string>()
  const wanted = peers.filter(({ name }) => isWanted(name))
  for (const program of new Set(wanted.map((peer) => peer.program))) {
    try {
      paths.set(program, await cachedProgram(program, (folder) => build(program, folder, say), { onProgress: say }))
    } catch (error) {
      say(`Left out: ${program.name} ${program.version}, which could not be built (${lastLine(error)}).`)
    }
  }
  return wanted.flatMap((peer) => {
    const path = paths.get(peer.program)
    return path === undefined ? [] : [toTool(peer, path)]
  })
}

async function build({ name, version, build: how }: PeerProgram, folder: string, say: (line: string) => void): Promise<string> {
  const { program, args, env } = how(folder)
  say(`Building ${name} ${version} with ${program}: this happens once and takes minutes …`)
  await run(program, args, { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 })
  return join(folder, 'bin', name)
}

function lastLine(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string }
  return (stderr || message).trim().split('\n').at(-1) ?? ''
}

const toTool = ({ name, takes, args, env, goodCodes }: Peer, path: string): Tool => ({
  name,
  kind: 'peer',
  takes,
  copy: (task) => runToEnd(path, args(task), { env: env(task), ...(goodCodes && { goodCodes }) }),
})
