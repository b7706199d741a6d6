import { once } from 'node:events'
import { codecKeysVariable, hasCodecKeys, payloadCodec } from '../../client/codec.ts'
import { startCodecServer } from '../../client/codec-server.ts'
import { TranshipError } from '../../client/errors.ts'
import { textOf, type Args, type Command } from '../command.ts'
import { invalid } from '../options.ts'
import { printResult } from '../output.ts'

const usualOrigins = ['http://localhost:8233', 'http://127.0.0.1:8233', 'http://localhost:8080', 'http://127.0.0.1:8080']

export const codecServerCommand: Command = {
  name: 'codec-server',
  summary: `Decrypt what ${codecKeysVariable} encrypted, for the Temporal Web UI in a browser of this machine, until Ctrl-C`,
  positionals: [],
  options: {
    port: { type: 'string', describe: 'Port on this machine', default: '8089' },
    origin: { type: 'array', string: true, describe: `Origin of the Web UI (repeatable); default ${usualOrigins.slice(0, 1).join()} and 8080` },
  },
  examples: [['tranship codec-server', 'then in the Web UI: Codec Server, http://localhost:8089']],
  run: async (args, shell) => {
    if (!hasCodecKeys(shell.env)) throw invalid(`${codecKeysVariable} is not set: there is nothing to decrypt with.`)
    const codec = payloadCodec(shell.env)
    shell.takeInterrupts()
    const server = await startCodecServer({ codec, port: portOf(args), origins: originsOf(args) }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? new TranshipError('InvalidParameters', `--port: ${portOf(args)} is taken: name another.`) : error
    })
    printResult(shell, { address: server.address }, () => `Codec server ${server.address}\nReady. Ctrl-C ends it.`)
    if (!shell.interrupted.aborted) await once(shell.interrupted, 'abort')
    await server.stop()
    return 0
  },
}

function portOf(args: Args): number {
  const text = textOf(args, 'port') ?? ''
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw invalid(`--port: "${text}" must be a number from 0 to 65535.`)
}

function originsOf(args: Args): readonly string[] {
  const given = (args['origin'] as readonly string[] | undefined) ?? []
  const bad = given.find((text) => URL.parse(text)?.origin !== text)
  if (bad !== undefined) throw invalid(`--origin: "${bad}" must be an origin, as http://localhost:8233, with nothing behind it.`)
  return given.length === 0 ? usualOrigins : given
}
