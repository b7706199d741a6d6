import { StorageError } from '../../error.ts'
import type { Acl, CallOptions, CannedAcl } from '../../storage.ts'
import type { AclForm } from './dialect.ts'
import type { Headers } from './signing.ts'
import type { Wire } from './wire.ts'
import { element, split } from '../../http/xml.ts'

export function openAcl(wire: Wire, form: AclForm): Acl {
  return {
    ...(form.canned && { canned: form.canned }),
    getAcl: async (key, options) =>
      form.toCanned(await aclOf(wire, key, options)) ?? form.toCanned(await aclOf(wire, undefined, options)) ?? 'private',
  }
}

/** As PUT, Create and Copy take it. Fails `metadata-unsupported`. */
export function toAclHeaders(form: AclForm | undefined, acl: CannedAcl | undefined): Headers {
  if (acl !== undefined && form?.canned?.includes(acl) === false)
    throw new StorageError(`An object can be ${form.canned.join(' or ')} there, not ${acl}.`, { kind: 'metadata-unsupported' })
  return form === undefined || acl === undefined || acl === form.usual ? {} : { [form.header]: acl }
}

/** Of an object, or without `key` of the bucket. */
async function aclOf(wire: Wire, key: string | undefined, { signal }: CallOptions = {}): Promise<string> {
  const { body } = await wire.send({ method: 'GET', query: { acl: undefined }, ...(key !== undefined && { key }), ...(signal && { signal }) })
  return body.toString('utf8')
}

/** At acs.amazonaws.com, or cam.qcloud.com. */
const everybody = /^http:\/\/[a-z.]+\/groups\/global\/AllUsers$/

/** Amazon's grants, and what took after them: only what everybody may do can be said in one word. */
export function grantsToCanned(xml: string): CannedAcl {
  const rights = split(xml, 'Grant')
    .inside.filter((grant) => everybody.test(element(grant, 'URI') ?? ''))
    .map((grant) => element(grant, 'Permission'))
  if (rights.includes('FULL_CONTROL') || rights.includes('WRITE')) return 'public-read-write'
  return rights.includes('READ') ? 'public-read' : 'private'
}

/** OSS says it in one word; `default`: the bucket's. */
export function wordToCanned(xml: string): CannedAcl | undefined {
  const word = element(xml, 'Grant')
  if (word === 'default' || word === undefined) return undefined
  return word === 'public-read' || word === 'public-read-write' ? word : 'private'
}
