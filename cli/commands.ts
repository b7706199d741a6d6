/** Every command, in the order of the help. */
import type { Command } from './command.ts'
import { addressCheckCommand } from './commands/address-check.ts'
import { addressListCommand } from './commands/address-list.ts'
import { changeCommand } from './commands/change.ts'
import { codecServerCommand } from './commands/codec-server.ts'
import { createCommand } from './commands/create.ts'
import { devCommand } from './commands/dev.ts'
import { errorsCommand } from './commands/errors.ts'
import { flowCommand } from './commands/flow.ts'
import { initCommand } from './commands/init.ts'
import { listCommand } from './commands/list.ts'
import { migrateCommand } from './commands/migrate.ts'
import { removeCommand } from './commands/remove.ts'
import { reportCommand } from './commands/report.ts'
import { retryCommand } from './commands/retry.ts'
import { startCommand } from './commands/start.ts'
import { statusCommand } from './commands/status.ts'
import { stopCommand } from './commands/stop.ts'
import { verifyCommand } from './commands/verify.ts'
import { workerCommand } from './commands/worker.ts'

export const commands: readonly Command[] = [
  initCommand,
  addressListCommand,
  addressCheckCommand,
  migrateCommand,
  createCommand,
  statusCommand,
  listCommand,
  stopCommand,
  startCommand,
  retryCommand,
  flowCommand,
  changeCommand,
  errorsCommand,
  reportCommand,
  verifyCommand,
  removeCommand,
  workerCommand,
  devCommand,
  codecServerCommand,
]
