/**
 * A whole migration on this machine, as a user would run it: a real folder (default: this checkout's node_modules) goes to a bucket of an
 * embedded OSS server, through the `tranship` command and its embedded Temporal; then Alibaba's own client reads a sample back.
 *
 *   npm run demo [-- FOLDER] [-- --keep]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBucket } from './demo/bucket.ts'
import { compareSample } from './demo/compare.ts'
import { readReport } from './demo/report.ts'
import { startDev, tranship } from './demo/tranship.ts'
import type { Dev } from './demo/tranship.ts'

const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean', default: false } }, allowPositionals: true })
const checkout = resolve(import.meta.dirname, '..')
const folder = resolve(positionals[0] ?? join(checkout, 'node_modules'))
const work = await mkdtemp(join(tmpdir(), 'tranship-demo-'))
const startedAt = Date.now()
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const bucket = await startBucket(join(work, 'bucket'))
const where = { cwd: work, env: { ...process.env, DEMO_KEY_ID: bucket.accessKeyId, DEMO_KEY_SECRET: bucket.accessKeySecret } }
let dev: Dev | undefined
try {
  say(`An OSS server with an empty bucket "${bucket.name}" runs at ${bucket.endpoint}; the files to move lie in ${folder}.`)
  await writeFile(join(work, 'tranship.yaml'), configOf(folder), { mode: 0o600 })

  say('\n$ tranship dev')
  dev = await startDev(where)
  say(`Temporal's Web UI: ${dev.uiAddress}`)

  await command(['migrate', 'files', 'archive', '--job', 'demo'])
  await command(['report', 'demo', '--out', 'lists'])
  const report = await readReport(bucket, 'demo', 1)
  say(`\nThe report in the bucket: ${report.total} files = ${report.completed} completed + ${report.skipped} skipped + ${report.failed} failed.`)
  if (report.total !== report.completed + report.skipped + report.failed || report.completed === 0) throw new Error('the lists do not add up')
  if (report.failed > 0) throw new Error(`${report.failed} files failed`)

  const sample = await compareSample(bucket, folder, report.rows, 200)
  say(`ali-oss read ${sample.files} of them back (seed ${sample.seed}): ${sample.bytes} bytes equal, CRC-64 equal to the report's.`)
  say(`The Web UI was at ${dev.uiAddress}. All of it took ${Math.round((Date.now() - startedAt) / 1000)} s.`)
} finally {
  await dev?.stop()
  await bucket.stop()
  if (values.keep) say(`Kept: ${work}`)
  else await rm(work, { recursive: true, force: true })
}

async function command(args: readonly string[]): Promise<void> {
  say(`\n$ tranship ${args.join(' ')}`)
  const code = await tranship(args, where)
  if (code !== 0) throw new Error(`tranship ${args[0]} ended with exit code ${code}`)
}

function configOf(path: string): string {
  return `addresses:
  files: { vendor: nas, path: ${JSON.stringify(path)} }
  archive:
    vendor: oss
    endpoint: ${bucket.endpoint}
    region: ${bucket.region}
    bucket: ${bucket.name}
    accessKeyId: \${DEMO_KEY_ID}
    accessKeySecret: \${DEMO_KEY_SECRET}
`
}
