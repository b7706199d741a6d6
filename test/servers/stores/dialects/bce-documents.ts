import type { Answer } from '../answer.ts'
import { toBytes, toText, type ByteString } from '../bytes.ts'
import type { DocumentForm } from '../documents.ts'
import { StoreError } from '../error.ts'
import { element, node, parseXml, type XmlNode } from '../xml.ts'

/** Baidu's native documents: JSON in camel case where S3 has XML. */
export const bceDocuments: DocumentForm = {
  parameter: name => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  toXml,
  show: (answer: Answer) => {
    if (!Buffer.isBuffer(answer.body) || answer.headers['Content-Type'] !== 'application/xml') return answer
    const json = JSON.stringify(toJson(parseXml(answer.body.toString('latin1'))))
    return { ...answer, headers: { ...answer.headers, 'Content-Type': 'application/json; charset=utf-8' }, body: Buffer.from(json) }
  },
}

interface Sent {
  readonly parts?: readonly { readonly partNumber: number; readonly eTag: string }[]
  readonly objects?: readonly { readonly key: string }[]
  readonly tagSet?: readonly { readonly tagInfo: Readonly<Record<string, string>> }[]
}

function toXml(text: ByteString): ByteString {
  if (text === '') return ''
  const { parts, objects, tagSet } = parse(text)
  const value = (name: string, content: string | number): string => element(name, toBytes(String(content)))
  if (parts) return parts.map(part => node('Part', value('PartNumber', part.partNumber), value('ETag', part.eTag))).join('')
  if (objects) return objects.map(({ key }) => node('Object', value('Key', key))).join('')
  if (!tagSet) throw new StoreError('InappropriateJSON')
  const tags = tagSet.flatMap(({ tagInfo }) => Object.entries(tagInfo))
  return node('TagSet', ...tags.map(([key, tag]) => node('Tag', value('Key', key), value('Value', tag))))
}

function parse(text: ByteString): Sent {
  try {
    return JSON.parse(toText(text)) as Sent
  } catch {
    throw new StoreError('MalformedJSON')
  }
}

const lists: Readonly<Record<string, string>> = {
  Contents: 'contents',
  CommonPrefixes: 'commonPrefixes',
  Part: 'parts',
  Upload: 'uploads',
  Bucket: 'buckets',
}
/** Lists that a document has even when they are empty. */
const always: Readonly<Record<string, string>> = {
  ListBucketResult: 'contents',
  ListPartsResult: 'parts',
  ListMultipartUploadsResult: 'uploads',
}
const numbers = new Set(['Size', 'MaxKeys', 'PartNumber', 'PartNumberMarker', 'NextPartNumberMarker', 'MaxParts', 'MaxUploads'])

function toJson(root: XmlNode): unknown {
  if (root.children.length === 0) return { [lowerFirst(root.name)]: toText(root.text) }
  const empty = always[root.name]
  return { ...(empty !== undefined && { [empty]: [] }), ...fieldsOf(root) }
}

function fieldsOf(parent: XmlNode): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const child of parent.children) {
    const list = parent.children.length > 0 ? lists[child.name] : undefined
    if (child.name === 'Buckets') Object.assign(fields, { buckets: [] }, fieldsOf(child))
    else if (list !== undefined && child.children.length > 0) fields[list] = [...((fields[list] as unknown[]) ?? []), fieldsOf(child)]
    else fields[child.name === 'ID' ? 'id' : lowerFirst(child.name)] = child.children.length > 0 ? fieldsOf(child) : valueOf(child)
  }
  return fields
}

function valueOf({ name, text }: XmlNode): string | number | boolean {
  if (name === 'IsTruncated') return text === 'true'
  if (name === 'ETag') return text.replaceAll('"', '')
  if (/^(LastModified|Initiated|CreationDate)$/.test(name)) return text.replace(/\.\d+Z$/, 'Z')
  return numbers.has(name) ? Number(text) : toText(text)
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)
