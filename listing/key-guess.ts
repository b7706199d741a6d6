/**
 * Strings between keys, for where a listing may be divided. Guesses only: what lies there is for the store to say. Pure.
 */
import { compareKeys } from '../model/keys.ts'

const classes = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz']
const exactBits = 52
/** Where keys part: what they are made of later, such as their extension, would only spread the guesses thin. */
const leading = 8

/** At most `count` strings in order, strictly between, as evenly as keys that look like `after` and `before` allow. */
export function guessesBetween(after: string, before: string | undefined, count: number): string[] {
  const shared = before === undefined ? 0 : sharedLength(after, before)
  const prefix = after.slice(0, shared)
  const scale = makeScale(after.slice(shared, shared + leading) + (before?.slice(shared, shared + leading) ?? ''))
  const low = scale.toNumber(after.slice(shared))
  const high = before === undefined ? scale.end : scale.toNumber(before.slice(shared))
  const guesses = Array.from({ length: count }, (_, i) => prefix + scale.toText(low + Math.floor(((high - low) * (i + 1)) / (count + 1))))
  return guesses.filter((guess, i) => guess !== guesses[i - 1] && isBetween(guess, after, before))
}

/**
 * At most `count` strings in order, before `before`, that come after all keys which share a beginning with `key`: the shorter the
 * beginning, the later.
 */
export function guessesBeyond(key: string, before: string | undefined, count: number): string[] {
  const shared = before === undefined ? 0 : sharedLength(key, before)
  const longer = key.length - shared
  const lengths = Array.from({ length: Math.min(count, longer) }, (_, i) => key.length - Math.floor((i * longer) / Math.min(count, longer)))
  const beyond = lengths.map((length) => key.slice(0, length - 1) + String.fromCharCode(key.charCodeAt(length - 1) + 1))
  return beyond.filter((guess) => isBetween(guess, key, before))
}

function isBetween(guess: string, after: string, before: string | undefined): boolean {
  return guess.isWellFormed() && compareKeys(guess, after) > 0 && (before === undefined || compareKeys(guess, before) < 0)
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

/** Strings as numbers of as many digits as are exact; a digit for each character that keys like `sample` are made of, and 0 for the end. */
function makeScale(sample: string) {
  const seen = classes.filter((members) => Array.from(members).some((char) => sample.includes(char)))
  const likely = seen.length === 0 ? classes : seen
  const alphabet = [...new Set([...likely.join(''), ...sample.replace(/[\ud800-\udfff]/g, '')])].toSorted()
  const base = alphabet.length + 1
  const digits = Math.max(1, Math.floor(exactBits / Math.log2(base)))
  const digitOf = (char: string | undefined): number => (char === undefined ? 0 : alphabet.findLastIndex((other) => other <= char) + 1)
  return {
    end: base ** digits - 1,
    toNumber: (text: string): number => Array.from({ length: digits }, (_, i) => digitOf(text[i])).reduce((sum, digit) => sum * base + digit, 0),
    toText(number: number): string {
      let text = ''
      for (let unit = base ** (digits - 1); unit >= 1; unit /= base) {
        const digit = Math.floor(number / unit) % base
        if (digit === 0) return text
        text += alphabet[digit - 1] ?? ''
      }
      return text
    },
  }
}
