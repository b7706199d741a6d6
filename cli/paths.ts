import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { TranshipError } from '../client/errors.ts'
import { addressNamePattern, parseAddressRef, prefixFault, type Role } from '../model/address.ts'

/**
 * Local paths made absolute, so that they mean the same wherever the worker runs; names as they are. Refuses what cannot be an
 * address at all; whether a name is known is for the worker to say.
 */
export function toRefText(text: string, folder: string, role: Role): string {
  const ref = parseAddressRef(text)
  if (ref.kind === 'path') return resolve(folder, text)
  const hint = existsSync(resolve(folder, text)) ? `For the folder of that name write "./${text}".` : null
  if (!addressNamePattern.test(ref.name)) {
    throw new TranshipError(
      'AddressNotExist',
      `"${text}" is not an address: write a name of tranship.yaml, or a path that begins with "/" or ".".`,
      hint,
    )
  }
  const fault = prefixFault(ref.prefix)
  if (fault)
    throw new TranshipError(role === 'source' ? 'SourceAddrPrefixInvalid' : 'DestAddrPrefixInvalid', `${text}: ${fault}`)
  return text
}
