/** What loads before Temporal's server starts is waited for in full; all else loads beside it. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../..')
const onTheWay = ['cli/run.ts', 'cli/commands/migrate.ts', 'embedded/run.ts']

/** The packages that these modules load. */
function packagesOf(modules: readonly string[]): string[] {
  const code = `import { registerHooks } from 'node:module'
    const urls = []
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context) } })
    for (const module of ${JSON.stringify(modules.map((module) => join(folder, module)))}) await import(module)
    process.stdout.write(JSON.stringify(urls))`
  const urls = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })) as string[]
  return [...new Set(urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []))].sort()
}

it("the way to Temporal's process loads the command line, and neither Temporal's client nor a worker nor a store's", { timeout: 60_000 }, () => {
  const packages = packagesOf(onTheWay)
  expect(packages).toEqual(expect.arrayContaining(['yargs', 'zod', '@temporalio/envconfig']))
  const heavy = /^@temporalio\/(?!common$|envconfig$)|^@grpc|^protobufjs|^undici|^yaml|^csv|^ali-oss|^@aws-sdk|^@azure|^ssh2/
  expect(packages.filter((name) => heavy.test(name))).toEqual([])
})
