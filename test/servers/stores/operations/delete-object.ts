import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { percentEncode } from '../bytes.ts'
import { bucketOf, keyOf, type Context } from '../context.ts'
import { StoreError } from '../error.ts'
import { receiveText } from '../receive.ts'
import { document, element, elementTexts, innerTexts, node } from '../xml.ts'

export function deleteObject(context: Context): Answer {
  context.store.deleteObject(bucketOf(context).name, keyOf(context))
  return emptyAnswer({}, 204)
}

export async function deleteMultipleObjects(context: Context): Promise<Answer> {
  const bucket = bucketOf(context)
  requireMd5(context)
  const xml = await receiveText(context)
  const keys = innerTexts(xml, 'Object').map(object => elementTexts(object, 'Key')[0] ?? '')
  if (keys.length === 0 || keys.length > 1000 || keys.includes('')) throw new StoreError('MalformedXML')
  for (const key of keys) context.store.deleteObject(bucket.name, key)
  if (elementTexts(xml, 'Quiet')[0] === 'true') return emptyAnswer()
  const url = context.request.query.get('encoding-type') === 'url'
  const deleted = keys.map(key => node('Deleted', element('Key', url ? percentEncode(key) : key)))
  return xmlAnswer(document(node('DeleteResult', url ? element('EncodingType', 'url') : '', ...deleted)))
}

function requireMd5({ request }: Context): void {
  if (request.headers['content-md5'] !== undefined || !request.door.deletesNeedMd5) return
  throw new StoreError('InvalidArgument', { message: 'Missing Some Required Arguments.', extra: { ArgumentName: 'Content-MD5' } })
}
