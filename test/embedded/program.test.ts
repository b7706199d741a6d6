import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findProgram, type Program } from '../../embedded/program.ts'
import { serverVersion, temporalProgram } from '../../embedded/temporal-program.ts'
import { temporaryFolder } from '../support/processes.ts'

const main = 'package main\nimport "fmt"\nvar Version = "none"\nfunc main() { fmt.Println("hello " + Version) }\n'

let cache: string
let lines: string[]
const onProgress = (line: string): number => lines.push(line)

beforeEach(() => {
  cache = temporaryFolder('cache')
  lines = []
  vi.stubEnv('TRANSHIP_CACHE', cache)
})
afterEach(() => void vi.unstubAllEnvs())

function helloProgram(extra: Partial<Program> = {}): Program {
  const module = temporaryFolder('module')
  writeFileSync(join(module, 'go.mod'), 'module hello.local\n\ngo 1.22\n')
  writeFileSync(join(module, 'main.go'), main)
  const ldflags = '-X main.Version=1.0.0'
  return { name: 'hello', version: '1.0.0', module, goPackage: 'hello.local', ldflags, buildMinutes: 1, ...extra }
}

const leftovers = (): string[] => readdirSync(join(cache, 'bin')).filter((name) => name !== 'hello-1.0.0')

describe('a program that is not at hand', () => {
  it('is built once with Go, however many ask at once, and then comes from the cache', async () => {
    const program = helloProgram()
    const paths = await Promise.all([1, 2, 3].map(() => findProgram(program, { onProgress })))
    expect(new Set(paths)).toEqual(new Set([join(cache, 'bin', 'hello-1.0.0')]))
    expect(execFileSync(paths[0]!, { encoding: 'utf8' })).toBe('hello 1.0.0\n')
    expect(lines.filter((line) => line.startsWith('Building'))).toEqual([expect.stringContaining('about 1 min ')])
    expect(leftovers()).toEqual([])
  })

  it('comes from the official release where that can be fetched', async () => {
    const download = async (folder: string): Promise<string> => {
      writeFileSync(join(folder, 'hello'), '#!/bin/sh\necho released\n')
      return join(folder, 'hello')
    }
    const path = await findProgram(helloProgram({ download }), { onProgress })
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('released\n')
  })

  it('is built when the download does not work, and that is said', async () => {
    const download = (): Promise<string> => Promise.reject(new Error('no route to host'))
    await findProgram(helloProgram({ download }), { onProgress })
    expect(lines).toContainEqual('The download did not work (no route to host).')
    expect(lines).toContainEqual(expect.stringMatching(/^Building hello/))
  })

  it('ends in one sentence of help where there is neither network nor Go', async () => {
    vi.stubEnv('PATH', '')
    const download = (): Promise<string> => Promise.reject(new Error('no route to host'))
    const finding = findProgram(helloProgram({ download }), { onProgress })
    await expect(finding).rejects.toThrow(/^There is no hello 1\.0\.0 .*: put a hello program on PATH, install Go .*\.$/)
    expect(leftovers()).toEqual([])
  })

  it('says what the compiler said when the build fails, and leaves nothing behind', async () => {
    const program = helloProgram()
    writeFileSync(join(program.module, 'main.go'), 'package main\nfunc main() { missing() }\n')
    await expect(findProgram(program, { onProgress })).rejects.toThrow(/the build failed: .*undefined: missing/)
    expect(leftovers()).toEqual([])
  })
})

describe('a program on PATH', () => {
  it('is taken when it will do, else left alone', async () => {
    const folder = temporaryFolder('path')
    mkdirSync(folder, { recursive: true })
    const path = join(folder, 'hello')
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    expect(await findProgram(helloProgram({ accepts: async () => true }))).toBe(path)
    expect(await findProgram(helloProgram({ accepts: async () => false }), { onProgress })).not.toBe(path)
  })
})

describe("Temporal's program", () => {
  it('of the pinned version has the server that is known without asking it', async () => {
    vi.unstubAllEnvs()
    const pinned = await findProgram({ ...temporalProgram, accepts: async () => false }, { onProgress })
    const elsewhere = join(temporaryFolder('elsewhere'), 'temporal')
    symlinkSync(pinned, elsewhere)
    expect(await serverVersion(pinned)).toBe(await serverVersion(elsewhere))
  })
})
