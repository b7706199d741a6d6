import { beforeEach, describe, expect, it } from 'vitest'
import { copyBatch } from '../../copy/copy-batch.ts'
import type { JobOptions } from '../../model/job.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { forward } from '../../storage/layers/intercept.ts'
import type { Storage } from '../../storage/storage.ts'
import { counting, entriesOf, failing, fault, jobOptions, KiB, noMetadata, rig, someBytes } from './support.ts'

const asked = { tags: true, acl: true }
const tags = { team: 'design', year: '2024' }

let source: Storage
let destination: Storage
beforeEach(async () => {
  source = openMemory()
  destination = openMemory({ limits: { minPartBytes: 64 * KiB } })
  await source.put('small', [Buffer.from('x')], { metadata: noMetadata, tags, acl: 'public-read' })
  await source.put('large', [someBytes(200 * KiB)], { metadata: noMetadata, tags, acl: 'public-read' })
  await source.put('plain', [Buffer.from('y')], { metadata: noMetadata })
})

const copy = async (options: Partial<JobOptions>, to = destination, from = source) =>
  await copyBatch(rig({ source: from, destination: to, entries: await entriesOf(source), options: jobOptions(options) }))

/** A store without these groups. */
function without(inner: Storage, ...groups: ('tagging' | 'acl')[]): Storage {
  const { tagging, acl, ...rest } = forward(inner)
  return { ...rest, ...(tagging && !groups.includes('tagging') && { tagging }), ...(acl && !groups.includes('acl') && { acl }) }
}

const keptAt = async (storage: Storage, key: string) => [await storage.tagging?.getTags(key), await storage.acl?.getAcl(key)]

describe('tags and rights', () => {
  it('go with small and large objects when they are asked for', async () => {
    const { counts } = await copy(asked)
    expect(counts.completed.files).toBe(3)
    for (const key of ['small', 'large']) expect(await keptAt(destination, key)).toEqual([tags, 'public-read'])
    expect(await keptAt(destination, 'plain')).toEqual([{}, 'private'])
  })

  it('stay behind, and cost no request, when they are not asked for', async () => {
    const { storage, calls } = counting(source)
    await copy({}, destination, storage)
    expect(await keptAt(destination, 'small')).toEqual([{}, 'private'])
    expect(calls.filter(({ operation }) => operation === 'getTags' || operation === 'getAcl')).toEqual([])
  })

  it('are nothing to ask for at a source that has none', async () => {
    const { counts } = await copy(asked, destination, without(source, 'tagging', 'acl'))
    expect(counts.completed.files).toBe(3)
  })

  it.each([
    ['tags', without, ['tagging'], 'tag "team", tag "year"'],
    ['rights', without, ['acl'], 'access right public-read'],
  ] as const)('fail the file by name where the destination has no %s', async (_, make, groups, names) => {
    const { outcomes, failures } = await copy(asked, make(destination, ...groups))
    expect(failures).toEqual({ MetadataUnsupported: 2 })
    for (const outcome of outcomes.filter(({ kind }) => kind === 'failed')) expect(outcome).toMatchObject({ description: expect.stringContaining(names) })
    expect(outcomes.find(({ key }) => key === 'plain')).toMatchObject({ kind: 'completed' })
  })

  it('are dropped and recorded with the policy drop', async () => {
    const { outcomes, counts } = await copy({ ...asked, metadataPolicy: 'drop' }, without(destination, 'tagging', 'acl'))
    expect(counts.completed.files).toBe(3)
    const dropped = { small: ['tag "team"', 'tag "year"', 'access right public-read'], plain: undefined }
    for (const [key, names] of Object.entries(dropped)) expect(outcomes.find((one) => one.key === key)).toMatchObject({ dropped: names })
    expect(outcomes.find(({ key }) => key === 'large')).toMatchObject({ dropped: dropped.small })
  })

  it('that only the bucket itself refuses follow the policy too', async () => {
    const refusing: Storage = {
      ...forward(destination),
      put: async (key, body, options) => {
        if (options.acl === 'public-read') throw fault('metadata-unsupported')
        return await destination.put(key, body, options)
      },
    }
    expect((await copy({ ...asked, metadataPolicy: 'fail' }, refusing)).failures).toEqual({ MetadataUnsupported: 1 })
    const { outcomes } = await copy({ ...asked, metadataPolicy: 'drop', overwrite: 'always' }, refusing)
    expect(outcomes.find(({ key }) => key === 'small')).toMatchObject({ kind: 'completed', dropped: ['access right public-read'] })
    expect(await destination.tagging?.getTags('small')).toEqual(tags)
  })

  it('that may not be read fail the file at the source', async () => {
    const { outcomes } = await copy(asked, destination, failing(source, ({ operation }) => (operation === 'getTags' ? fault('forbidden') : undefined)))
    expect(outcomes).toHaveLength(3)
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'failed', code: 'Forbidden', description: expect.stringContaining('(source)') })
  })
})
