import { xmlAnswer, type Answer } from '../answer.ts'
import { percentDecode } from '../bytes.ts'
import { bucketOf, objectOf, type Context } from '../context.ts'
import { invalidArgument, OssError } from '../error.ts'
import { header, type OssRequest } from '../request.ts'
import type { StoredObject } from '../store/model.ts'
import { document, element, node } from '../xml.ts'
import { owner } from './buckets.ts'

type Pair = readonly [name: string, value: string]

/** Tags and rights that a request gives an object, both kept as they came. */
export function tagsAndRights(request: OssRequest): Pick<StoredObject, 'tags' | 'acl'> {
  const tags = header(request, 'x-oss-tagging')
  const acl = header(request, 'x-oss-object-acl')
  if (acl !== undefined && !['default', 'private', 'public-read', 'public-read-write'].includes(acl))
    throw invalidArgument('no such object access control exists', 'x-oss-object-acl', acl)
  return { ...(tags === undefined ? {} : { tags: checkTags(tags) }), ...(acl === undefined ? {} : { acl }) }
}

function checkTags(text: string): string {
  const pairs = pairsOf(text)
  if (pairs.length > 10) throw new OssError('InvalidTag', { message: 'Object tags cannot be greater than 10.' })
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new OssError('InvalidTag', { message: 'Tag keys must be unique.' })
  return text
}

/** Letters of any script, digits, spaces and `+ - = . _ : /`. */
const allowed = /^[\p{L}\p{N} +\-=._:/]*$/u

function pairsOf(text: string): Pair[] {
  return text.split('&').map(pair => {
    const [name = '', value = '', ...more] = pair.split('=').map(part => percentDecode(part) ?? '')
    const readable = [name, value].map(bytes => Buffer.from(bytes, 'latin1').toString('utf8'))
    if (name === '' || more.length > 0 || !readable.every(part => allowed.test(part)))
      throw new OssError('InvalidTag', { message: 'The tag you have provided is invalid.' })
    return [name, value]
  })
}

export function getObjectTagging(context: Context): Answer {
  const { tags } = objectOf(context)
  const nodes = tags === undefined ? [] : pairsOf(tags).map(([name, value]) => node('Tag', element('Key', name), element('Value', value)))
  return xmlAnswer(document(node('Tagging', node('TagSet', ...nodes))))
}

export const getObjectAcl = (context: Context): Answer => aclAnswer(objectOf(context).acl ?? 'default')

export function getBucketAcl(context: Context): Answer {
  return aclAnswer(bucketOf(context).acl ?? 'private')
}

const aclAnswer = (word: string): Answer =>
  xmlAnswer(document(node('AccessControlPolicy', owner, node('AccessControlList', element('Grant', word)))))
