/** Keys are compared as the bytes of their UTF-8 form, which is the order of code points and not that of JavaScript's `<`. */

/** Negative, zero or positive. Both are well-formed. */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Code units of a surrogate pair stand for code points above all others: lift them over U+E000 to U+FFFF. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

export function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return length
}

/**
 * A key that sorts before `key` with few others between: listing after it begins at `key` or shortly before. Undefined where
 * only the beginning of the listing is left. No character is made that stores refuse.
 */
export function keyBefore(key: string): string | undefined {
  const points = Array.from(key)
  const last = points.pop()?.codePointAt(0) ?? 0
  const head = points.join('')
  const before = last === 0xe000 ? 0xd7ff : last - 1
  if (before > 0x20 && (before < 0x7f || before > 0xa0) && before < 0xfffe) return head + String.fromCodePoint(before)
  return head === '' ? undefined : head
}
