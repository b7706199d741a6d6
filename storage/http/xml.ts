/**
 * Finds elements in the small, flat XML that object stores answer with. No parser: names are matched as they are written,
 * without attributes or name space prefixes, which is how every S3-like store writes what is looked for here.
 */

/** Text of the first `<name>` in `xml`, entities decoded; undefined where there is none. */
export function element(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`)
  if (start < 0) return undefined
  const end = xml.indexOf(`</${name}>`, start)
  return end < 0 ? undefined : decodeEntities(xml.slice(start + name.length + 2, end))
}

/** The insides of each `<name>`, in order, and what lies outside of them. */
export function split(xml: string, name: string): { readonly inside: readonly string[]; readonly outside: string } {
  const open = `<${name}>`
  const close = `</${name}>`
  const inside: string[] = []
  let outside = ''
  let at = 0
  for (let start = xml.indexOf(open); start >= 0; start = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, start)
    if (end < 0) break
    outside += xml.slice(at, start)
    inside.push(xml.slice(start + open.length, end))
    at = end + close.length
  }
  return { inside, outside: outside + xml.slice(at) }
}

/** Calls `take` with name and text of each element in `xml` that holds no others, as they are written; what holds others is passed over. */
export function eachLeaf(xml: string, take: (name: string, text: string) => void): void {
  for (let start = xml.indexOf('<'); start >= 0; ) {
    const open = xml.indexOf('>', start)
    const close = xml.indexOf('<', open)
    if (open < 0 || close < 0) return
    const name = xml.slice(start + 1, open)
    const isLeaf = xml[close + 1] === '/'
    if (isLeaf) take(name, xml.slice(open + 1, close))
    const end = isLeaf ? close + 1 : endOf(xml, name, open)
    start = xml.indexOf('<', end)
  }
}

/** Where an element ends that holds others, or nothing at all. */
function endOf(xml: string, name: string, open: number): number {
  if (name.endsWith('/')) return open
  const close = xml.indexOf(`</${name.split(' ', 1)[0]}>`, open)
  return close < 0 ? xml.length : close + 1
}

const named: ReadonlyMap<string, string> = new Map([['amp', '&'], ['lt', '<'], ['gt', '>'], ['quot', '"'], ['apos', "'"]])

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return character(Number.parseInt(hex, 16)) ?? whole
    if (decimal !== undefined) return character(Number(decimal)) ?? whole
    return named.get(name ?? '') ?? whole
  })
}

const character = (code: number): string | undefined => (code <= 0x10ffff ? String.fromCodePoint(code) : undefined)

export function encodeEntities(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
