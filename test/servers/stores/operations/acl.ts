import { emptyAnswer, xmlAnswer, type Answer } from '../answer.ts'
import { bucketOf, objectOf, type Context } from '../context.ts'
import { invalidArgument, StoreError } from '../error.ts'
import { own } from '../request.ts'
import { document, node } from '../xml.ts'
import { owner } from './buckets.ts'

/** The canned ACL that a write gives its object; `default` is the bucket's. */
export function aclOf({ request, dialect }: Context): { readonly acl?: string } {
  const { header: name, canned } = dialect.acl
  const asked = own(request, name)
  if (asked === undefined || asked === 'default') return {}
  if (!canned.includes(asked)) throw invalidArgument('no such acl exists.', `${request.door.prefix}${name}`, asked)
  return { acl: asked }
}

export function getObjectAcl(context: Context): Answer {
  return show(context, objectOf(context).acl)
}

/** All buckets here are private. */
export function getBucketAcl(context: Context): Answer {
  bucketOf(context)
  return show(context, 'private')
}

function show({ dialect }: Context, acl: string | undefined): Answer {
  return xmlAnswer(document(node('AccessControlPolicy', owner, node('AccessControlList', dialect.acl.show(acl)))))
}

/** By the header alone: grants in a body are not there. */
export function putObjectAcl(context: Context): Answer {
  if (own(context.request, context.dialect.acl.header) === undefined) throw new StoreError('NotImplemented')
  const { acl: _, ...object } = objectOf(context)
  context.store.putObject(bucketOf(context).name, { ...object, ...aclOf(context) })
  return emptyAnswer()
}
