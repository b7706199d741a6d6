import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const bin = join(import.meta.dirname, '../../bin/tranship.js')
const pretend = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`
const runUnder = (version: string) => spawnSync(process.execPath, ['--import', pretend(version), bin, '--version'], { encoding: 'utf8' })

describe('bin/tranship.js', () => {
  it.each(['18.20.0', '22.18.0'])('refuses Node %s with a sentence and exit code 3', (version) => {
    const { status, stderr } = runUnder(version)
    expect([status, stderr]).toEqual([3, `tranship needs Node 22.19 or newer; this is ${version}. Install a newer Node and try again.\n`])
  })

  it.each(['22.19.0', '24.0.0', '26.1.0'])('runs under Node %s', (version) => {
    const { status, stdout } = runUnder(version)
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
  })
})
