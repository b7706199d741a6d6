/** Every command, in the order of the help. */
import type { Command } from './command.ts'

const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  'address list': async () => (await import('./commands/address-list.ts')).addressListCommand,
  'address check': async () => (await import('./commands/address-check.ts')).addressCheckCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  create: async () => (await import('./commands/create.ts')).createCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  stop: async () => (await import('./commands/stop.ts')).stopCommand,
  start: async () => (await import('./commands/start.ts')).startCommand,
  retry: async () => (await import('./commands/retry.ts')).retryCommand,
  flow: async () => (await import('./commands/flow.ts')).flowCommand,
  change: async () => (await import('./commands/change.ts')).changeCommand,
  errors: async () => (await import('./commands/errors.ts')).errorsCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  remove: async () => (await import('./commands/remove.ts')).removeCommand,
  worker: async () => (await import('./commands/worker.ts')).workerCommand,
  dev: async () => (await import('./commands/dev.ts')).devCommand,
  'codec-server': async () => (await import('./commands/codec-server.ts')).codecServerCommand,
}

/** The command that the first word names. Where it names none alone, as for help, groups and suggestions: all of them. */
export async function loadCommands([word = '']: readonly string[]): Promise<readonly Command[]> {
  const named = Object.hasOwn(loaders, word) ? loaders[word] : undefined
  return await Promise.all((named ? [named] : Object.values(loaders)).map((load) => load()))
}
