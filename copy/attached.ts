/** Tags and rights of a file, where they are asked for and the source has them. Runs within a place of the request pool. */
import { mapAttached, type Attached } from '../model/attached.ts'
import type { Engine } from './engine.ts'
import { atSource, CopyFault } from './fault.ts'

export interface AttachedHere extends Attached {
  readonly dropped: readonly string[]
}

/** Fails MetadataUnsupported where the destination cannot hold them and the policy is to fail. */
export async function attachedOf(engine: Engine, key: string): Promise<AttachedHere> {
  const { tagging, acl } = engine.destination
  if (!engine.options.tags && !engine.options.acl) return { dropped: [] }
  const mapped = mapAttached(await readAttached(engine, key), {
    policy: engine.options.metadataPolicy,
    maxTags: tagging?.maxTags ?? 0,
    holdsTag: (name, value) => tagging?.holds?.(name, value) ?? true,
    rights: acl !== undefined,
  })
  if (mapped.kind === 'unsupported') throw new CopyFault('MetadataUnsupported', mapped.sentence, 'destination')
  return { ...mapped.attached, dropped: mapped.dropped }
}

async function readAttached({ source, options, signal }: Engine, key: string): Promise<Attached> {
  const [tags, acl] = await Promise.all([
    options.tags && source.tagging ? atSource(source.tagging.getTags(key, { signal })) : undefined,
    options.acl && source.acl ? atSource(source.acl.getAcl(key, { signal })) : undefined,
  ])
  return { tags, acl }
}
