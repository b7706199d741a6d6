import { expect } from 'vitest'
import { cannedAcls, type CannedAcl, type Tagging, type Tags } from '../../../storage/storage.ts'
import type { Bench, Check } from '../suite.ts'
import { bytesOf, expectFailure, noMetadata, put } from '../tools.ts'

const tags = { team: 'design', 'cost center': 'a+b=c', empty: '', ort: 'Zürich' }

function tagging({ storage, skip }: Bench) {
  return storage.tagging ?? skip('tags are not kept')
}

/** What is left out, the driver has said that it does not hold. */
const held = ({ holds }: Tagging): Tags => Object.fromEntries(Object.entries(tags).filter(([name, value]) => holds?.(name, value) ?? true))

function acl({ storage, target, skip }: Bench) {
  const quirk = target.quirks?.rights
  if (quirk) skip(quirk)
  return storage.acl ?? skip('objects have no rights of their own')
}

async function putInParts({ storage, skip }: Bench, key: string, given: { tags?: Tags; acl?: CannedAcl }): Promise<void> {
  const multipart = storage.multipart ?? skip('there is no multipart upload')
  const bytes = bytesOf(10)
  const upload = await multipart.create(key, { ...noMetadata, ...given, size: bytes.length, partBytes: bytes.length })
  await multipart.complete(upload, [await multipart.putPart(upload, 1, [bytes])], {})
}

export function tagCases(check: Check): void {
  check('tags: kept with a put, none where none were given', async (bench) => {
    const group = tagging(bench)
    const given = held(group)
    await put(bench.storage, 'key', 'x', { tags: given })
    expect(await group.getTags('key')).toEqual(given)
    await put(bench.storage, 'key', 'y')
    expect(await group.getTags('key')).toEqual({})
  })

  check('tags: kept with an upload of parts', async (bench) => {
    const group = tagging(bench)
    const given = held(group)
    await putInParts(bench, 'key', { tags: given })
    expect(await group.getTags('key')).toEqual(given)
  })

  check('rights: kept with a put', async (bench) => {
    const group = acl(bench)
    for (const right of group.canned ?? cannedAcls) {
      await put(bench.storage, right, 'x', { acl: right })
      expect(await group.getAcl(right)).toBe(right)
    }
  })

  check('rights: no other than those that an object can have', async (bench) => {
    const { canned } = acl(bench)
    for (const right of cannedAcls.filter((one) => canned?.includes(one) === false)) {
      await expectFailure(put(bench.storage, 'key', 'x', { acl: right }), 'metadata-unsupported')
      await expectFailure(bench.storage.head('key'), 'not-found')
    }
  })

  check('rights: kept with an upload of parts', async (bench) => {
    const group = acl(bench)
    await putInParts(bench, 'key', { acl: 'public-read' })
    expect(await group.getAcl('key')).toBe('public-read')
  })

  check('rights: those of the bucket where the object has none', async (bench) => {
    const group = acl(bench)
    await put(bench.storage, 'key', 'x')
    expect(await group.getAcl('key')).toBe('private')
  })
}
