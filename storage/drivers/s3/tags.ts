import type { CallOptions, Tagging, Tags } from '../../storage.ts'
import type { TagForm } from './dialect.ts'
import { encodeText } from '../../http/encode.ts'
import type { Headers } from './signing.ts'
import type { Wire } from './wire.ts'
import { element, split } from '../../http/xml.ts'

export function openTagging(wire: Wire, { maxTags, maxNameLength = 128, maxValueLength = 256, characters }: TagForm): Tagging {
  const holds = (name: string, value: string): boolean =>
    name !== '' && name.length <= maxNameLength && value.length <= maxValueLength && characters.test(name + value)
  return { maxTags, holds, getTags: (key, options) => getTags(wire, key, options) }
}

/** As PUT, Create and Copy take them. */
export function toTagHeaders(form: TagForm | undefined, tags: Tags | undefined): Headers {
  const pairs = Object.entries(tags ?? {})
  if (form === undefined || pairs.length === 0) return {}
  return { [form.header]: pairs.map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`).join('&') }
}

async function getTags(wire: Wire, key: string, { signal }: CallOptions = {}): Promise<Tags> {
  const { body } = await wire.send({ method: 'GET', key, query: { tagging: undefined }, ...(signal && { signal }) })
  const { inside } = split(body.toString('utf8'), 'Tag')
  return Object.fromEntries(inside.map((xml) => [element(xml, 'Key') ?? '', element(xml, 'Value') ?? '']))
}
