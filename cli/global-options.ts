import type { CommandOptions } from './command.ts'

/** Options of every command. */
export const globalOptions = {
  json: { type: 'boolean', describe: 'One JSON document on standard output, nothing else there', group: 'Everywhere:' },
  config: {
    type: 'string',
    describe: 'Path of tranship.yaml; else TRANSHIP_CONFIG, else the current folder',
    group: 'Everywhere:',
  },
  address: {
    type: 'string',
    describe: 'Temporal, host:port; else TEMPORAL_* and profiles, a server of this folder, localhost:7233',
    group: 'Everywhere:',
  },
  namespace: { type: 'string', describe: 'Temporal namespace', group: 'Everywhere:' },
  profile: { type: 'string', describe: "Profile of Temporal's own settings", group: 'Everywhere:' },
  'worker-timeout': {
    type: 'string',
    describe: 'How long to wait for a worker, as 30s; 0: for ever',
    default: '30s',
    group: 'Everywhere:',
  },
} as const satisfies CommandOptions
