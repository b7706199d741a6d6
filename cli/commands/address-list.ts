import { createAddressBook } from '../../worker/config.ts'
import { textOf, type Command } from '../command.ts'
import { refusedByConfig } from '../config-errors.ts'
import { printResult, say } from '../output.ts'
import { showTable } from '../show.ts'

export const addressListCommand: Command = {
  name: 'address list',
  summary: 'Show the addresses of tranship.yaml, and what is wrong with them',
  positionals: [],
  options: {},
  examples: [['tranship address list', '']],
  run: async (args, shell) => {
    const path = textOf(args, 'config')
    const book = createAddressBook({ ...(path === undefined ? {} : { path }), env: shell.env, folder: shell.folder, onWarning: (warning) => say(shell, warning) })
    const addresses = refusedByConfig(() => book.list())
    printResult(shell, { addresses }, () =>
      addresses.length === 0 ? 'tranship.yaml holds no addresses.' : showTable([['NAME', 'VENDOR', 'STATUS', ''], ...addresses.map(({ name, vendor, status, reason }) => [name, vendor, status, reason ?? ''])]),
    )
    return 0
  },
}
