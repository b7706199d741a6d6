import type { AddressBook, AddressSummary } from '../../worker/config.ts'
import { addressBook, toRefused } from '../addresses.ts'
import { textOf, type Command } from '../command.ts'
import { printResult } from '../output.ts'
import { showTable } from '../show.ts'

export const addressListCommand: Command = {
  name: 'address list',
  summary: 'Show the addresses of tranship.yaml, and what is wrong with them',
  positionals: [],
  options: {},
  examples: [['tranship address list', '']],
  run: async (args, shell) => {
    const addresses = listed(addressBook(textOf(args, 'config'), shell))
    printResult(shell, { addresses }, () =>
      addresses.length === 0
        ? 'tranship.yaml holds no addresses.'
        : showTable([
            ['NAME', 'VENDOR', 'STATUS', ''],
            ...addresses.map(({ name, vendor, status, reason }) => [name, vendor, status, reason ?? '']),
          ]),
    )
    return 0
  },
}

function listed(book: AddressBook): AddressSummary[] {
  try {
    return book.list()
  } catch (error) {
    throw toRefused(error)
  }
}
