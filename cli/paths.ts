import { resolve } from 'node:path'
import { parseAddressRef } from '../model/address.ts'

/** Local paths made absolute, so that they mean the same wherever the worker runs; names as they are. */
export function toRefText(text: string, folder: string): string {
  return parseAddressRef(text).kind === 'path' ? resolve(folder, text) : text
}
