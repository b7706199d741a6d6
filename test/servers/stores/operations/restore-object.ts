import { emptyAnswer, type Answer } from '../answer.ts'
import { bucketOf, objectOf, type Context } from '../context.ts'
import { StoreError } from '../error.ts'
import { isArchive } from '../metadata.ts'
import { receiveText } from '../receive.ts'
import { own } from '../request.ts'
import { elementTexts } from '../xml.ts'

const dayMs = 24 * 3600_000

export async function restoreObject(context: Context): Promise<Answer> {
  const days = Number(own(context.request, 'restore-days') ?? elementTexts(await receiveText(context), 'Days')[0] ?? 1)
  if (!(days >= 1 && days <= 365)) throw new StoreError('MalformedXML')
  const object = objectOf(context)
  if (!isArchive(context, object.storageClass)) throw new StoreError('OperationNotSupported')
  const now = context.now()
  const { restore } = object
  const running = restore !== undefined && now < restore.expiresAtMs
  if (running && now < restore.readyAtMs) throw new StoreError('RestoreAlreadyInProgress')
  const readyAtMs = running ? restore.readyAtMs : now + context.restoreDelayMs
  const expiresAtMs = Math.max(readyAtMs, now) + days * dayMs
  context.store.putObject(bucketOf(context).name, { ...object, restore: { readyAtMs, expiresAtMs } })
  return emptyAnswer({}, running ? 200 : 202)
}
