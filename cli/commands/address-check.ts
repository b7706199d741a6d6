import type { Role } from '../../model/address.ts'
import type { AddressCheckResult } from '../../client/jobs.ts'
import { didYouMean } from '../../model/suggest.ts'
import { requiredText, textOf, type Command } from '../command.ts'
import { invalid } from '../options.ts'
import { printResult } from '../output.ts'
import { toRefText } from '../paths.ts'
import { withSession } from '../session.ts'

const roles: readonly Role[] = ['source', 'destination']

export const addressCheckCommand: Command = {
  name: 'address check',
  summary: 'Check an address from a worker: reachable, credentials, each right by name',
  positionals: [{ name: 'name', describe: 'A name, name:sub/prefix/ or a path of the workers' }],
  options: { as: { type: 'string', describe: 'source | destination', default: 'source' } },
  examples: [['tranship address check archive --as destination', 'also writes, reads back and deletes a canary object']],
  run: async (args, shell) => {
    const role = roleOf(textOf(args, 'as') ?? 'source')
    const address = toRefText(requiredText(args, 'name'), shell.folder, role)
    return await withSession(args, shell, async ({ jobs }) => {
      const result = await jobs.checkAddress(address, role)
      printResult(shell, result, () => showCheck(result))
      return result.ok ? 0 : 2
    })
  },
}

function roleOf(text: string): Role {
  const role = roles.find((known) => known === text)
  if (role === undefined) throw invalid(`--as: "${text}" must be source or destination.${didYouMean(text, roles)}`)
  return role
}

function showCheck({ address, ok, checks }: AddressCheckResult): string {
  const rows = checks.map(
    ({ name, ok: well, code, message }) =>
      `  ${well ? 'ok  ' : 'FAIL'}  ${name}${well ? '' : `: ${[code, message].filter(Boolean).join(': ')}`}`,
  )
  return [`${address}: ${ok ? 'all is well' : 'cannot be used as it is'}`, ...rows].join('\n')
}
