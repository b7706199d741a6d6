import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { formDecode, type ByteString } from '../bytes.ts'
import { bucketOf, objectOf, type Context } from '../context.ts'
import { StoreError } from '../error.ts'
import { receiveText } from '../receive.ts'
import { own } from '../request.ts'
import type { Tags } from '../store/model.ts'
import { document, element, elementTexts, innerTexts, node } from '../xml.ts'

/** Tags that a write gives its object: `a=1&b=2`, form-encoded. */
export function tagsOf(context: Context): Tags | undefined {
  const text = own(context.request, 'tagging')
  if (text === undefined || text === '') return undefined
  return checked(
    context,
    text.split('&').map(pair => {
      const [name, value] = split(pair).map(half => formDecode(half))
      if (name === undefined || value === undefined) throw new StoreError('InvalidTag')
      return [name, value]
    }),
  )
}

function split(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
}

function checked({ dialect }: Context, pairs: readonly (readonly [ByteString, ByteString])[]): Tags {
  const tags = Object.fromEntries(pairs)
  const bad = pairs.some(([name, value]) => name === '' || name.length > 128 || value.length > 256)
  if (bad || Object.keys(tags).length !== pairs.length || pairs.length > dialect.limits.maxTags) throw new StoreError('InvalidTag')
  return tags
}

export function getObjectTagging(context: Context): Answer {
  const tags = Object.entries(objectOf(context).tags ?? {})
  const set = tags.map(([name, value]) => node('Tag', element('Key', name), element('Value', value)))
  return xmlAnswer(document(node('Tagging', node('TagSet', ...set))))
}

export async function putObjectTagging(context: Context): Promise<Answer> {
  const xml = await receiveText(context)
  if (innerTexts(xml, 'TagSet').length !== 1) throw new StoreError('MalformedXML')
  const pairs = innerTexts(xml, 'Tag').map(tag => [elementTexts(tag, 'Key')[0] ?? '', elementTexts(tag, 'Value')[0] ?? ''] as const)
  const tags = checked(context, pairs)
  context.store.putObject(bucketOf(context).name, { ...objectOf(context), tags })
  return emptyAnswer()
}

export function deleteObjectTagging(context: Context): Answer {
  const { tags: _, ...object } = objectOf(context)
  context.store.putObject(bucketOf(context).name, object)
  return emptyAnswer({}, 204)
}
