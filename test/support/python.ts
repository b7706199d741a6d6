/** Python programs of other people, in environments of their own that are made once and kept outside the checkout. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withLock } from '../../embedded/lock.ts'
import { cacheFolder } from '../../embedded/program.ts'

const run = promisify(execFile)
const installTimeoutMs = 5 * 60_000

export interface Environment {
  /** `venv-<name>` in the cache; another list of packages wants another name. */
  readonly name: string
  /** Pinned: `upyun==2.5.5`. */
  readonly packages: readonly string[]
}

export type Python = { readonly program: string } | { readonly missing: string }

/** The environment's own python, or one sentence why there is none. */
export async function findPython({ name, packages }: Environment): Promise<Python> {
  const folder = join(cacheFolder(), `venv-${name}`)
  const ready = join(folder, 'ready')
  const program = join(folder, 'bin', 'python')
  try {
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(ready)) return
      await rm(folder, { recursive: true, force: true })
      await mkdir(cacheFolder(), { recursive: true })
      await run('python3', ['-m', 'venv', folder], { timeout: installTimeoutMs })
      await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { timeout: installTimeoutMs })
      await writeFile(`${ready}.tmp`, packages.join('\n'))
      await rename(`${ready}.tmp`, ready)
    })
    return { program }
  } catch (error) {
    const [why = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return { missing: `There is no python3 with ${packages.join(', ')} here: "apt-get install python3-venv" and PyPI bring them (${why}).` }
  }
}

/** What the script prints; it reads `input`. Both are JSON. */
export async function runPython(program: string, script: string, input: unknown): Promise<unknown> {
  const running = run(program, [script], { timeout: 60_000, maxBuffer: 64 * 2 ** 20 })
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(JSON.stringify(input))
  return JSON.parse((await running).stdout)
}
