import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { findTemporal } from '../../embedded/temporal-program.ts'
import { readLiveNote } from '../../embedded/server-note.ts'
import { endWithTests, temporaryFolder } from '../support/processes.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const folder = temporaryFolder('package')
const tranship = (...args: string[]) => run('npx', ['--no-install', 'tranship', ...args], { cwd: folder })

/** A user's own environment: nothing of this checkout on the way. */
beforeAll(async () => {
  const packed = temporaryFolder('packed')
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: root })
  const tarball = join(packed, stdout.trim().split('\n').at(-1)!)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder })
}, 600_000)

describe('the packed package, installed into an empty folder', () => {
  it('ships JavaScript, the workflow bundle and the pinned server module, and no TypeScript source', () => {
    const files = readdirSync(join(folder, 'node_modules/tranship'), { recursive: true, encoding: 'utf8' })
      .filter((file) => !file.startsWith('node_modules'))
    const needed = ['dist/cli/main.js', 'dist/workflow-bundle.js', 'embedded/temporal/go.mod', 'embedded/temporal/go.sum']
    expect(files).toEqual(expect.arrayContaining(needed))
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([])
    expect(files.filter((file) => file.startsWith('test') || file.startsWith('bench'))).toEqual([])
  })

  it('answers --help and --version', async () => {
    expect((await tranship('--help')).stdout).toContain('tranship migrate')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect((await tranship('--version')).stdout.trim()).toBe(version)
  })

  it('migrates a folder through a Temporal of its own, and leaves no server behind', async () => {
    await findTemporal({ onProgress: (line) => console.error(line) })
    mkdirSync(join(folder, 'source/deep'), { recursive: true })
    for (let n = 0; n < 20; n++) writeFileSync(join(folder, `source/deep/file-${n}.txt`), `content ${n}\n`.repeat(n))
    mkdirSync(join(folder, 'destination'))
    try {
      const { stdout } = await tranship('migrate', './source', './destination', '--job', 'packed', '--json')
      expect(JSON.parse(stdout)).toMatchObject({ job: 'packed', status: 'Completed', completed: { files: 20 }, failed: { files: 0 } })
    } finally {
      const live = await readLiveNote(join(folder, '.tranship'))
      if (live) endWithTests(live.pid)
      expect(live).toBeUndefined()
    }
    expect(readFileSync(join(folder, 'destination/deep/file-19.txt'), 'utf8')).toBe('content 19\n'.repeat(19))
  }, 300_000)
})
