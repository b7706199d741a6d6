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
import { runTranship } from './demo/run-tranship.ts'

const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean', default: false } }, allowPositionals: true })
const checkout = resolve(import.meta.dirname, '..')
const folder = resolve(positionals[0] ?? join(checkout, 'node_modules'))
const work = await mkdtemp(join(tmpdir(), 'tranship-demo-'))
const startedAt = Date.now()
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const bucket = await startBucket(join(work, 'bucket'))
try {
  say(`An OSS server with an empty bucket "${bucket.name}" runs at ${bucket.endpoint}; the files to move lie in ${folder}.`)
  await writeFile(join(work, 'tranship.yaml'), configOf(folder))
  const env = { ...process.env, DEMO_KEY_ID: bucket.accessKeyId, DEMO_KEY_SECRET: bucket.accessKeySecret }

  say('\n$ tranship migrate files archive --job demo')
  const migrated = await runTranship(['migrate', 'files', 'archive', '--job', 'demo'], { folder: work, env })
  if (migrated.code !== 0) throw new Error(`tranship migrate ended with exit code ${migrated.code}`)

  say('\n$ tranship report demo --out lists')
  await runTranship(['report', 'demo', '--out', 'lists'], { folder: work, env })
  const report = await readReport(bucket, 'demo', 1)
  say(`The report: ${report.total} files in all = ${report.completed} completed + ${report.skipped} skipped + ${report.failed} failed.`)
  if (report.total !== report.completed + report.skipped + report.failed || report.completed === 0) throw new Error('the lists do not add up')
  if (report.failed > 0) throw new Error(`${report.failed} files failed`)

  const sample = await compareSample(bucket, folder, report.rows, 200)
  say(`ali-oss read ${sample.files} of them back (seed ${sample.seed}): ${sample.bytes} bytes equal, CRC-64 equal to the report's.`)
  say(`The Temporal Web UI was at ${migrated.uiAddress ?? 'a port that tranship printed above'}. All of it took ${Math.round((Date.now() - startedAt) / 1000)} s.`)
} finally {
  await bucket.stop()
  if (values.keep) say(`Kept: ${work}`)
  else await rm(work, { recursive: true, force: true })
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
