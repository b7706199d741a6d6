/**
 * Programs that tranship does not ship: found on this machine, downloaded, or built once with Go from a pinned module, and kept
 * outside the checkout in `${TRANSHIP_CACHE:-~/.cache/tranship}/bin` as `<name>-<version>`.
 */
import { execFile } from 'node:child_process'
import { access, chmod, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { withLock } from './lock.ts'

const run = promisify(execFile)

export interface Program {
  readonly name: string
  readonly version: string
  /** Folder of the pinned Go module (go.mod, go.sum, tools.go), and the package in it that is the program. */
  readonly module: string
  readonly goPackage: string
  readonly ldflags?: string
  /** What a cold build takes on two cores. */
  readonly buildMinutes: number
  /** Whether a program of this name on PATH will do. Absent: never. */
  readonly accepts?: (path: string) => Promise<boolean>
  /** Fetches the official release into `folder` and returns the program's path. Absent: there is none to fetch. */
  readonly download?: (folder: string) => Promise<string>
}

export interface FindOptions {
  /** One line a call: what is going on, and how long it may take. */
  readonly onProgress?: (line: string) => void
}

/** No way led to the program; the message says in one sentence how to get it. */
export class ProgramMissingError extends Error {
  override readonly name = 'ProgramMissingError'
}

export const cacheFolder = (): string => process.env['TRANSHIP_CACHE'] || join(homedir(), '.cache', 'tranship')

/** The program's path: from PATH, the cache, the official release, or built with Go. */
export async function findProgram(program: Program, { onProgress = () => undefined }: FindOptions = {}): Promise<string> {
  const found = await findOnPath(program)
  return found ?? (await cachedProgram(program, (folder) => downloadOrBuild(program, folder, onProgress), { onProgress }))
}

/** The program's path in the cache; where it is not there yet, `make` makes it in `folder` and says where, in one process at a time. */
export async function cachedProgram({ name, version }: Pick<Program, 'name' | 'version'>, make: Make, { onProgress = () => undefined }: FindOptions = {}): Promise<string> {
  const cached = join(cacheFolder(), 'bin', `${name}-${version}`)
  if (await isExecutable(cached)) return cached
  const waiting = (): void => onProgress(`Another process is getting ${name} ready: waiting for it.`)
  return withLock(`${cached}.lock`, () => obtain(cached, make), waiting)
}

type Make = (folder: string) => Promise<string>

async function findOnPath({ name, accepts }: Program): Promise<string | undefined> {
  const path = accepts && (await onPath(name))
  return path && (await accepts(path)) ? path : undefined
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

const isExecutable = (path: string): Promise<boolean> => access(path, constants.X_OK).then(() => true, () => false)

async function obtain(cached: string, make: Make): Promise<string> {
  if (await isExecutable(cached)) return cached
  await mkdir(join(cached, '..'), { recursive: true })
  const folder = await mkdtemp(`${cached}.part-`)
  try {
    const made = await make(folder)
    await chmod(made, 0o755)
    await rename(made, cached)
    return cached
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function downloadOrBuild(program: Program, folder: string, onProgress: (line: string) => void): Promise<string> {
  const downloaded = await tryDownload(program, folder, onProgress)
  return downloaded ?? build(program, folder, onProgress)
}

async function tryDownload({ name, version, download }: Program, folder: string, onProgress: (line: string) => void) {
  if (!download) return undefined
  onProgress(`Downloading ${name} ${version} (once) …`)
  try {
    return await download(folder)
  } catch (error) {
    onProgress(`The download did not work (${reasonOf(error)}).`)
    return undefined
  }
}

async function build(program: Program, folder: string, onProgress: (line: string) => void): Promise<string> {
  const { name, version, buildMinutes } = program
  if (!(await onPath('go'))) throw new ProgramMissingError(helpFor(program, 'neither a download nor Go is available here'))
  onProgress(`Building ${name} ${version} with Go: this happens once and may take about ${buildMinutes} min on two cores …`)
  const output = join(folder, name)
  const ldflags = ['-s', '-w', program.ldflags ?? ''].join(' ').trim()
  const flags = ['build', '-buildvcs=false', '-mod=readonly', '-ldflags', ldflags, '-o', output, program.goPackage]
  try {
    await run('go', flags, { cwd: program.module, maxBuffer: 64 * 1024 * 1024 })
  } catch (error) {
    throw new ProgramMissingError(helpFor(program, `the build failed: ${lastLines((error as { stderr?: string }).stderr)}`))
  }
  onProgress(`${name} ${version} is ready.`)
  return output
}

const helpFor = ({ name, version }: Program, why: string): string =>
  `There is no ${name} ${version} (${why}): put a ${name} program on PATH, install Go 1.26 or newer, or connect this machine ` +
  'to the Internet.'

const lastLines = (text = ''): string => text.trim().split('\n').slice(-3).join(' | ')

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}
