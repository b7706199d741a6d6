import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createAddressBook } from '../../worker/config.ts'
import { temporaryFolder } from '../support/processes.ts'

const runtime = pathToFileURL(join(import.meta.dirname, '../../worker/runtime.ts')).href
const reportOf = (before: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', `${before}; process.stdout.write(JSON.stringify(process.report.getReport()), () => process.exit())`], { env: { ...process.env, OSS_SECRET: 'CANARY-IN-THE-ENVIRONMENT' }, maxBuffer: 64 * 1024 ** 2 }).toString()

describe('a diagnostic report', () => {
  it('of a worker holds no variable of its environment; of another program it would', () => {
    expect(reportOf('')).toContain('CANARY-IN-THE-ENVIRONMENT')
    expect(reportOf(`(await import(${JSON.stringify(runtime)})).installRuntime()`)).not.toContain('CANARY-IN-THE-ENVIRONMENT')
  })
})

describe('tranship.yaml', () => {
  const warningsOf = (mode: number, secret: string): string[] => {
    const file = join(temporaryFolder('open'), 'tranship.yaml')
    writeFileSync(file, `addresses: { archive: { vendor: oss, endpoint: "http://a.example", region: r, bucket: b, accessKeyId: id, accessKeySecret: "${secret}" } }`)
    chmodSync(file, mode)
    const warnings: string[] = []
    createAddressBook({ path: file, env: { S: 'x' }, onWarning: (warning) => warnings.push(warning.replaceAll(file, 'FILE')) }).list()
    return warnings
  }
  const inClear = expect.stringMatching(/holds accessKeySecret in clear/)
  const isOpen = 'FILE holds secrets in clear and can be read by other users of this machine: "chmod 600 FILE" ends that.'

  it('is warned of where it holds a secret in clear, and more so where others can read it', () => {
    expect(warningsOf(0o644, 'in-clear')).toEqual([inClear, isOpen])
    expect(warningsOf(0o640, 'in-clear')).toEqual([inClear, isOpen])
    expect(warningsOf(0o600, 'in-clear')).toEqual([inClear])
    expect(warningsOf(0o644, '${S}')).toEqual([])
  })
})
