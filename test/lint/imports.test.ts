import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/processes.ts'

const root = join(import.meta.dirname, '../..')

interface Row {
  readonly folder: string
  readonly may: readonly string[]
  readonly never: readonly string[]
}

const sdks = ['@aws-sdk/client-s3', 'ali-oss', 'google-auth-library']
const temporal = ['@temporalio/client', '@temporalio/worker', '@temporalio/workflow', '@temporalio/activity']
const above = [
  '../client/jobs.ts', '../cli/main.ts', '../embedded/run.ts', '../worker/host.ts', '../workflows/index.ts',
  '../activities/index.ts',
]
const drivers = ['../storage/drivers/s3/list.ts', '../storage/layers/retry.ts', '../storage/vendors.ts']
const planes = ['../copy/pace.ts', '../report/lists.ts', '../listing/merge.ts']
const contract = ['../storage/storage.ts', '../storage/error.ts', '../model/job.ts']

/** The table of imports: for each folder what it may import, and what lint must refuse. */
const table: readonly Row[] = [
  {
    folder: 'model',
    may: ['./job.ts', '../flow/share.ts'],
    never: ['node:fs', 'fs', 'zod', ...temporal, '../storage/error.ts', ...above],
  },
  {
    folder: 'storage',
    may: ['../model/job.ts', './drivers/s3/list.ts', 'undici', 'node:fs'],
    never: [...temporal, ...sdks, ...planes, '../ledger/ledger.ts', ...above],
  },
  {
    folder: 'storage/drivers/s3',
    may: ['../../storage.ts', '../../../model/job.ts', ...sdks],
    never: [...temporal, '../../../copy/pace.ts', '../../../ledger/entry.ts'],
  },
  {
    folder: 'copy',
    may: [...contract, 'import type ../ledger/entry.ts'],
    never: ['../ledger/ledger.ts', '../report/lists.ts', ...drivers, ...temporal, ...sdks, ...above],
  },
  { folder: 'ledger', may: contract, never: [...planes, ...drivers, ...temporal, ...sdks, ...above] },
  {
    folder: 'report',
    may: [...contract, 'import type ../ledger/entry.ts'],
    never: ['../ledger/ledger.ts', '../copy/pace.ts', ...drivers, ...temporal, ...sdks, ...above],
  },
  {
    folder: 'listing',
    may: [...contract, '../ledger/ledger.ts'],
    never: ['../copy/pace.ts', '../report/lists.ts', ...drivers, ...temporal, ...sdks, ...above],
  },
  {
    folder: 'activities',
    may: [...contract, '../storage/open.ts', '../ledger/ledger.ts', ...planes, '@temporalio/activity', '@temporalio/common'],
    never: [
      ...drivers, ...sdks, '@temporalio/client', '@temporalio/worker', '@temporalio/workflow', '../workflows/index.ts',
      '../client/jobs.ts', '../cli/main.ts',
    ],
  },
  {
    folder: 'activities/check',
    may: ['../../storage/open.ts', '../../model/job.ts'],
    never: ['../../storage/drivers/s3/list.ts', '../../storage/vendors.ts', '../../workflows/index.ts'],
  },
  {
    folder: 'workflows',
    may: ['../model/job.ts', '@temporalio/workflow', '@temporalio/common', 'import type ../activities/index.ts'],
    never: [
      'node:fs', 'fs', 'fs/promises', '../activities/index.ts', '../storage/storage.ts', '../client/jobs.ts',
      '@temporalio/client', '@temporalio/worker', ...planes, ...sdks,
    ],
  },
  {
    folder: 'worker',
    may: [
      ...contract, ...drivers, ...planes, '../ledger/ledger.ts', '../activities/index.ts', '../workflows/index.ts',
      '../client/search-attributes.ts', '@temporalio/worker', '@temporalio/client',
    ],
    never: ['../cli/main.ts', '../embedded/run.ts', '../client/jobs.ts', ...sdks],
  },
  {
    folder: 'client',
    may: ['../model/job.ts', '@temporalio/client', 'import type ../workflows/index.ts'],
    never: [
      '../workflows/index.ts', '../storage/storage.ts', '../activities/index.ts', '../worker/host.ts', '@temporalio/worker',
      '@temporalio/workflow', ...planes, ...sdks,
    ],
  },
  {
    folder: 'embedded',
    may: ['../worker/host.ts', '../client/jobs.ts', '@temporalio/client'],
    never: ['../cli/main.ts', '../storage/open.ts', '../workflows/index.ts', ...planes, ...sdks],
  },
  {
    folder: 'cli',
    may: [
      '../client/jobs.ts', '../embedded/run.ts', '../worker/host.ts', '../report/lists.ts', '../listing/merge.ts',
      '../storage/open.ts', 'import type @temporalio/client',
    ],
    never: [
      ...drivers, ...temporal, ...sdks, '../workflows/index.ts', '../activities/index.ts', '../copy/pace.ts',
      '../ledger/ledger.ts',
    ],
  },
]

const typePrefix = 'import type '
const fileOf = ({ folder }: Row, kind: 'may' | 'never', index: number): string => `${folder}/planted-${kind}-${index}.ts`

let flagged: ReadonlySet<string>

beforeAll(async () => {
  const planted = temporaryFolder('lint')
  copyFileSync(join(root, '.oxlintrc.json'), join(planted, '.oxlintrc.json'))
  copyFileSync(join(root, 'tsconfig.json'), join(planted, 'tsconfig.json'))
  symlinkSync(join(root, 'node_modules'), join(planted, 'node_modules'))
  for (const row of table) {
    row.may.forEach((path, index) => plant(planted, fileOf(row, 'may', index), path))
    row.never.forEach((path, index) => plant(planted, fileOf(row, 'never', index), path))
  }
  writeFileSync(join(planted, 'model/planted-default.ts'), 'export default 1\n')
  writeFileSync(join(planted, 'model/planted-any.ts'), 'export const value: any = 1\n')
  writeFileSync(join(planted, 'worker/planted-floating.ts'), 'const later = async () => 1\nlater()\n')
  writeFileSync(join(planted, 'worker/planted-console.ts'), 'console.log(1)\n')
  flagged = await lint(planted)
}, 120_000)

function plant(folder: string, file: string, path: string): void {
  const asType = path.startsWith(typePrefix)
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  const from = asType ? path.slice(typePrefix.length) : path
  const text = asType
    ? `import type { Thing } from '${from}'\nexport type Use = Thing\n`
    : `import { thing } from '${from}'\nexport const use = thing\n`
  writeFileSync(join(folder, file), text)
}

/** `file rule` of every complaint. */
function lint(cwd: string): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin/oxlint'), ['-f', 'json'], { cwd, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => {
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] }
      resolve(new Set(diagnostics.map(({ filename, code }) => `${filename} ${code}`)))
    })
  })
}

const isRefused = (file: string): boolean => flagged.has(`${file} eslint(no-restricted-imports)`)

describe.each(table)('a file in $folder', (row) => {
  it('may import what the table allows', () => {
    expect(row.may.filter((_, index) => isRefused(fileOf(row, 'may', index)))).toEqual([])
  })
  it('is refused what the table forbids', () => {
    expect(row.never.filter((_, index) => !isRefused(fileOf(row, 'never', index)))).toEqual([])
  })
})

describe('lint', () => {
  it.each([
    ['a default export', 'model/planted-default.ts import(no-default-export)'],
    ['any', 'model/planted-any.ts typescript(no-explicit-any)'],
    ['a promise that nobody awaits', 'worker/planted-floating.ts typescript(no-floating-promises)'],
    ['printing outside the command line', 'worker/planted-console.ts eslint(no-console)'],
  ])('refuses %s', (_, complaint) => {
    expect([...flagged]).toContain(complaint)
  })
})
