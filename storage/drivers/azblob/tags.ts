import { element, split } from '../../http/xml.ts'
import type { CallOptions, Tagging, Tags } from '../../storage.ts'
import type { Wire } from './wire.ts'

const names = /^[A-Za-z0-9 +\-./:=_]{1,128}$/
const values = /^[A-Za-z0-9 +\-./:=_]{0,256}$/

/** Blob index tags. */
export function openTagging(wire: Wire): Tagging {
  return {
    maxTags: 10,
    holds: (name, value) => names.test(name) && values.test(value),
    getTags: (key, options) => getTags(wire, key, options),
  }
}

async function getTags({ send }: Wire, key: string, { signal }: CallOptions = {}): Promise<Tags> {
  const { body } = await send({ method: 'GET', key, query: { comp: 'tags' }, signal })
  const { inside } = split(body.toString('utf8'), 'Tag')
  return Object.fromEntries(inside.map((xml) => [element(xml, 'Key') ?? '', element(xml, 'Value') ?? '']))
}
