/** The workflow code that workers run: shipped beside the package, in a checkout bundled once and cached by content. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

const root = fileURLToPath(new URL('..', import.meta.url))
const isSource = import.meta.url.endsWith('.ts')
const extension = isSource ? 'ts' : 'js'
export const shippedBundle = join(root, 'workflow-bundle.js')
export const payloadConverterPath = join(root, 'workflows', `payload-converter.${extension}`)

/** Path of the bundle's file. */
export async function workflowBundle(): Promise<string> {
  if (!isSource && existsSync(shippedBundle)) return shippedBundle
  const folder = join(process.env['TRANSHIP_CACHE'] ?? join(homedir(), '.cache', 'tranship'), 'bundles')
  const file = join(folder, `${await contentHash()}.js`)
  if (existsSync(file)) return file
  await mkdir(folder, { recursive: true })
  const partial = `${file}.${process.pid}`
  await writeFile(partial, await bundleWorkflows())
  await rename(partial, file)
  return file
}

export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', `index.${extension}`), payloadConverterPath, logger: silent,
  })
  return code
}

const nothing = (): void => undefined
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }

async function contentHash(): Promise<string> {
  const hash = createHash('sha256')
  hash.update(createRequire(import.meta.url)('@temporalio/workflow/package.json').version as string)
  for (const folder of ['model', 'workflows']) {
    const files = (await readdir(join(root, folder), { recursive: true })).filter((name) => name.endsWith(`.${extension}`)).sort()
    for (const file of files) hash.update(file).update(await readFile(join(root, folder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
