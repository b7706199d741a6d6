import { parseAddressRef } from '../model/address.ts'
import type { JobOptions } from '../model/job.ts'
import { say } from './output.ts'
import type { Session } from './session.ts'
import type { Shell } from './shell.ts'

/** A path is one of the workers: said where they may be other machines than this. */
export function warnOfLocalPaths(
  { source, destination, ledger }: JobOptions,
  { local, server }: Pick<Session, 'local' | 'server'>,
  shell: Shell,
): void {
  if (local) return
  const paths = [source, destination, ledger].filter((text) => text !== undefined && parseAddressRef(text).kind === 'path')
  if (paths.length > 0)
    say(shell, `${paths.join(' and ')}: a path of the workers of ${server.connection.address}, not of this machine.`)
}
