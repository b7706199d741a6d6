import type { ByteString } from './bytes.ts'

/** Text is a byte string; `undefined` leaves the element out. */
export function element(name: string, content: string | undefined): string {
  return content === undefined ? '' : `<${name}>${escapeXml(content)}</${name}>`
}
export const node = (name: string, ...children: readonly string[]): string => `<${name}>${children.join('')}</${name}>`
export const document = (root: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root}`, 'latin1')

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
const escapeXml = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[&<>\x00-\x08\x0b-\x1f]/g, char => entities[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)

/** The texts of all elements of that name, entities decoded; enough for the flat documents that clients send. */
export function elementTexts(xml: ByteString, name: string): ByteString[] {
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}\\s*>|<${name}\\s*/>`, 'g')
  return Array.from(xml.matchAll(pattern), match => unescapeXml(match[1] ?? ''))
}

/** The inner text of all elements of that name, which may hold elements. */
export const innerTexts = (xml: ByteString, name: string): ByteString[] =>
  Array.from(xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}\\s*>`, 'g')), match => match[1] ?? '')

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: ByteString): ByteString {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return named[entity] ?? whole
    const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1))
    return Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1')
  })
}

export interface XmlNode {
  readonly name: string
  readonly text: ByteString
  readonly children: readonly XmlNode[]
}

/** Reads what `document` wrote. */
export function parseXml(xml: ByteString): XmlNode {
  interface Open {
    readonly name: string
    text: ByteString
    readonly children: Open[]
  }
  const top: Open = { name: '', text: '', children: [] }
  const open = [top]
  for (const [, closing, name = '', , text = ''] of xml.matchAll(/<(\/?)([A-Za-z]\w*)([^>]*)>([^<]*)/g)) {
    if (closing) {
      open.pop()
      continue
    }
    const child: Open = { name, text: unescapeXml(text), children: [] }
    open.at(-1)?.children.push(child)
    open.push(child)
  }
  return top.children[0] ?? top
}
