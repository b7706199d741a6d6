/** Writes docs/codes.md: what addresses are told of the table that test/storage/address-codes.test.ts proves, the rest of the code's own tables. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileErrorCodes, jobCodes } from '../model/codes.ts'
import { StorageError, storageErrorKinds } from '../storage/error.ts'
import { fileError } from '../storage/file-error.ts'
import { proofs } from '../test/docs/proofs.ts'
import { told, toldOfFile, type Conditions } from '../test/storage/address-codes/table.ts'
import { copierWords, jobWords } from './codes-doc/words.ts'

export const codesDocFile = join(import.meta.dirname, '..', 'docs', 'codes.md')

type Row = readonly string[]
const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
const code = (text: string | undefined): string => (text === undefined || text === 'fine' ? '–' : `\`${text}\``)

const conditionRows = (name: string, conditions: Conditions): Row[] =>
  Object.entries(conditions)
    .filter(([, codes]) => codes.some((one) => one !== 'fine'))
    .map(([what, [source, destination]]) => [name, what, code(source), code(destination)])

/** A file fails at either end; where both say the same it is said once. */
function fileRows(): Row[] {
  const rows = fileErrorCodes.map((name): Row => {
    const said = storageErrorKinds.flatMap((kind) =>
      (['source', 'destination'] as const).flatMap((side) => {
        const { code: given, description } = fileError(new StorageError('', { kind }), side)
        return given === name ? [description.replace(/ \((source|destination)\): .*$/, '')] : []
      }),
    )
    return [code(name), [...new Set([...said, ...(copierWords[name] === undefined ? [] : [copierWords[name]])])].join('; '), code(proofs[name])]
  })
  return rows
}

export const codesDoc = (): string => `# Codes

Written by \`node scripts/codes-doc.ts\`: change the tables of the code, not this page.

## Addresses

An address is checked before a job begins, and again while it is blocked. Each row is provoked by \`test/storage/address-codes.test.ts\` at a server: a real one for S3 (versitygw), Azure (Azurite), SFTP (OpenSSH) and folders, stand-ins for the others.

### tranship.yaml

${table(['where', 'what is wrong', 'as a source', 'as a destination'], conditionRows('any vendor', toldOfFile))}

### By vendor

${table(['vendor', 'what is wrong', 'as a source', 'as a destination'], Object.entries(told).flatMap(([name, conditions]) => conditionRows(`\`${name}\``, conditions)))}

A check that could not be ended at all, for want of a worker or after three attempts, is told as \`CheckAddressTimeOut\` too.
\`SourceThrottled\` and \`DestThrottled\` are told of an address in the middle of a job only: for ten minutes its store answered nothing but that it is asked too much.

## Jobs

Where each is provoked: a file below \`test/\`, here and in the next table.

${table(['code', 'when', 'provoked in'], jobCodes.map((name) => [code(name), jobWords[name], code(proofs[name])]))}

## Files

In \`_error_list\`, with the vendor's own code, request id and words behind.

${table(['code', 'when', 'provoked in'], fileRows())}
`

if (process.argv[1] === import.meta.filename) writeFileSync(codesDocFile, codesDoc())
