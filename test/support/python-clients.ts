/**
 * Other people's clients in Python (test/interop/clients), in a virtual environment that is made once and kept outside the checkout. The
 * protocol is described in clients/main.py.
 */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { withLock } from '../../embedded/lock.ts'
import { cacheFolder } from '../../embedded/program.ts'

const run = promisify(execFile)
const folder = join(import.meta.dirname, '../interop/clients')

export type PythonClient = 'cos' | 'kodo' | 'bos' | 'ks3' | 'oss2' | 'oss-v2' | 'boto3'

export interface ClientRequest {
  readonly client: PythonClient
  /** `http://HOST:PORT` of a server in test/servers/stores. */
  readonly endpoint: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly region?: string
  /** boto3: whose S3 door. */
  readonly vendor?: string
  /** kodo: the bucket's download domain. */
  readonly domain?: string
  readonly op: 'put' | 'get' | 'head' | 'list' | 'delete' | 'copy' | 'multipart' | 'verify'
  readonly [argument: string]: unknown
}

export interface ClientAnswer {
  readonly etag?: string
  readonly sha256?: string
  readonly size?: number
  readonly contentType?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** What the store stated, where it does. */
  readonly crc64?: string | null
  readonly crc32?: string | null
  readonly keys?: readonly string[]
  readonly parts?: number
  readonly wrong?: readonly { readonly key: string }[]
  readonly error?: { readonly code: string | null; readonly status: number | null; readonly message: string }
}

export interface PythonClients {
  ask(request: ClientRequest): Promise<ClientAnswer>
  stop(): Promise<void>
}

/** The interpreter with all clients, or the sentence that says why there is none. */
export async function findPython(): Promise<{ readonly python: string } | { readonly missing: string }> {
  const requirements = join(folder, 'requirements.txt')
  const version = createHash('sha256').update(await readFile(requirements)).digest('hex').slice(0, 12)
  const home = join(cacheFolder(), 'python', version)
  const python = join(home, 'bin', 'python')
  try {
    await withLock(`${home}.lock`, () => install(home, requirements))
    return { python }
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    const why = stderr.trim().split('\n').at(-1) || message
    return { missing: `Python 3 with venv, and PyPI for the packages of test/interop/clients/requirements.txt, are needed (${why})` }
  }
}

/** A virtual environment holds its own path: it is marked as whole, not moved into place. */
async function install(home: string, requirements: string): Promise<void> {
  const whole = join(home, 'whole')
  if (existsSync(whole)) return
  console.error('Getting the clients in Python ready: this happens once and may take a minute or two …')
  await rm(home, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', home])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]
  await run(join(home, 'bin', 'python'), pip, { maxBuffer: 64 * 2 ** 20 })
  await writeFile(whole, '')
}

/** One process that answers requests in order; it ends when this one does, for its standard input closes then. */
export function startClients(python: string): PythonClients {
  const child = spawn(python, ['-B', join(folder, 'main.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const exit = once(child, 'exit')
  child.stdin.on('error', () => undefined)
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (request: ClientRequest): Promise<ClientAnswer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error(`the clients in Python ended (${String((await exit)[0])})`)
    return JSON.parse(value) as ClientAnswer
  }
  return {
    ask: request => {
      const answer = last.then(() => ask(request))
      last = answer.catch(() => undefined)
      return answer
    },
    stop: async () => {
      child.stdin.end()
      await exit
    },
  }
}
