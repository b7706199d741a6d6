import type { Answer } from '../answer.ts'
import { toText } from '../bytes.ts'
import { bucketOf, objectOf, type Context } from '../context.ts'
import { StoreError } from '../error.ts'
import { handlers, type Handlers } from '../operations/handlers.ts'
import { receiveText } from '../receive.ts'
import { elementTexts } from '../xml.ts'

/** Where Baidu's native answers are not S3's in another form. */
export const bceHandlers: Handlers = {
  ...handlers,
  DeleteMultipleObjects: deleteMultipleObjects,
  GetObjectTagging: context => {
    const tags = Object.entries(objectOf(context).tags ?? {}).map(([name, value]) => [toText(name), toText(value)])
    return json({ tagSet: [{ tagInfo: Object.fromEntries(tags) as Record<string, string> }] })
  },
  GetObjectAcl: context => {
    const { acl } = objectOf(context)
    return json({ owner: { id: ownerId }, accessControlList: acl === undefined ? [] : grants[acl] })
  },
  GetBucketAcl: context => {
    bucketOf(context)
    return json({ owner: { id: ownerId }, accessControlList: grants['private'] })
  },
}

const ownerId = '1000000000000000'
const mine = { grantee: [{ id: ownerId }], permission: ['FULL_CONTROL'] }
const everyone = (...permission: string[]): object => ({ grantee: [{ id: '*' }], permission })
const grants: Readonly<Record<string, readonly object[]>> = {
  private: [mine],
  'public-read': [mine, everyone('READ')],
  'public-read-write': [mine, everyone('READ', 'WRITE')],
}

/** Names only what could not be deleted: here nothing. */
async function deleteMultipleObjects(context: Context): Promise<Answer> {
  const bucket = bucketOf(context)
  const keys = elementTexts(await receiveText(context), 'Key')
  if (keys.length === 0 || keys.length > 1000) throw new StoreError('InappropriateJSON')
  for (const key of keys) context.store.deleteObject(bucket.name, key)
  return { status: 200, headers: {} }
}

const json = (value: object): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(value)),
})
