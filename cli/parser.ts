/** The command line as yargs reads it: strict, with suggestions; nothing is guessed. */
import yargs, { type Argv } from 'yargs'
import { TranshipError } from '../client/errors.ts'
import { didYouMean } from '../model/suggest.ts'
import { camelCase, type Args, type Command, type CommandOptions } from './command.ts'
import { globalOptions } from './global-options.ts'

export interface Parsed {
  readonly command?: Command
  readonly args: Args
  /** Help, version or a completion script: to be printed as it is. */
  readonly printed: string
}

/** Fails `InvalidParameters` with one sentence. */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
): Promise<Parsed> {
  let chosen: Command | undefined
  const choose = (command: Command): void => {
    chosen = command
  }
  const parser = makeParser(commands, { version, choose, shows: argv.some((word) => mayAskForHelp.test(word)) }).fail((message, error) => {
    throw error ?? new TranshipError('InvalidParameters', toSentence(message, commandIn(argv, commands)))
  })
  let printed = ''
  const args = (await parser.parseAsync([...argv], {}, (_error: unknown, _args: unknown, output: string) => {
    printed = output
  })) as Args
  if (printed !== '') return { args, printed }
  if (!chosen) throw unknownCommand(args, commands)
  refuseLeftovers(args, chosen)
  return { command: chosen, args, printed }
}

/** `--help`, `-h` among other letters, `help` as a last word; and what the completion script asks. */
const mayAskForHelp = /^-.*h|^help$|^--get-yargs-completions$/

interface Parsing {
  readonly version: string
  readonly choose: (command: Command) => void
  /** The help may be printed. yargs lays out a chosen command's help even if not, which takes longer than all else: then nothing is in it. */
  readonly shows: boolean
}

function makeParser(commands: readonly Command[], parsing: Parsing): Argv {
  const parser = yargs()
    .scriptName('tranship')
    .usage('tranship COMMAND\n\nMoves object stores, NAS shares and servers as durable jobs.')
    .parserConfiguration({
      'boolean-negation': false,
      'greedy-arrays': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-dashed': true,
      'strip-aliased': true,
    })
    .locale('en')
    .exitProcess(false)
    .showHelpOnFail(false)
    .options(listed(globalOptions, parsing))
    .version(parsing.version)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .completion('completion', 'Print a script that completes commands and options in bash or zsh')
  for (const group of groupsOf(commands)) addGroup(parser, group, commands, parsing)
  for (const command of commands.filter(({ name }) => !name.includes(' '))) addCommand(parser, command, command.name, parsing)
  return parser
}

const groupsOf = (commands: readonly Command[]): string[] => [
  ...new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]!] : []))),
]

function addGroup(parser: Argv, group: string, commands: readonly Command[], parsing: Parsing): void {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `))
  parser.command(
    group,
    `Addresses of tranship.yaml: ${members.map(({ name }) => name.slice(group.length + 1)).join(', ')}`,
    (inner) => {
      for (const member of members) addCommand(inner, member, member.name.slice(group.length + 1), parsing)
      return inner
    },
  )
}

function addCommand(parser: Argv, command: Command, name: string, parsing: Parsing): void {
  const usage = [name, ...command.positionals.map((positional) => `<${positional.name}>`)].join(' ')
  parser.command({
    command: usage,
    describe: command.summary,
    builder: (inner: Argv) => declare(inner, command, parsing),
    handler: () => parsing.choose(command),
  })
}

function declare(parser: Argv, { name, summary, positionals, examples, options }: Command, parsing: Parsing): Argv {
  parser.usage(`tranship ${[name, ...positionals.map((positional) => positional.name.toUpperCase())].join(' ')}\n\n${summary}`)
  for (const { name: positional, describe } of positionals) parser.positional(positional, { describe, type: 'string' })
  for (const [example, explanation] of examples) parser.example(example, explanation)
  return parser.options(listed(options, parsing))
}

const listed = (options: CommandOptions, { shows }: Parsing): CommandOptions =>
  shows ? options : Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, hidden: true }]))

/** yargs' own words for what it refuses, in ours. */
function toSentence(message: string, command: Command | undefined): string {
  const missing = /^Not enough non-option arguments: got (\d+), /.exec(message)
  if (!missing || !command) return message.replace(/\.?$/, '.')
  const names = command.positionals.slice(Number(missing[1])).map(({ name }) => name.toUpperCase())
  return `"tranship ${command.name}" needs ${names.join(' and ')}: --help shows how.`
}

function commandIn(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const words = argv.filter((word) => !word.startsWith('-'))
  return commands.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name)
}

function unknownCommand(args: Args, commands: readonly Command[]): TranshipError {
  const words = wordsOf(args)
  if (words.length === 0)
    return new TranshipError('InvalidParameters', 'A command is missing.', '"tranship --help" shows them.')
  const group = groupsOf(commands).find((name) => name === words[0])
  if (group) {
    const names = commands.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => name)
    const typed = words.slice(0, 2).join(' ')
    return new TranshipError(
      'InvalidParameters',
      `There is no command "${typed}".${didYouMean(typed, names)}`,
      `It may be ${names.map((name) => `"tranship ${name}"`).join(' or ')}.`,
    )
  }
  const meant = didYouMean(words[0]!, [...groupsOf(commands), ...commands.map(({ name }) => name), 'completion'])
  return new TranshipError('InvalidParameters', `There is no command "${words[0]}".${meant}`, '"tranship --help" shows them.')
}

/** Options that no one declared, options given twice, words that have no place. */
function refuseLeftovers(args: Args, { name, options, positionals }: Command): void {
  const declared: Readonly<Record<string, { readonly type?: string }>> = { ...globalOptions, ...options }
  const flags = Object.keys(declared)
  const known = new Set([
    ...flags.map(camelCase),
    ...flags,
    ...positionals.map((positional) => positional.name),
    '_',
    '$0',
    'help',
    'h',
    'version',
  ])
  const unknown = Object.keys(args).find((key) => !known.has(key))
  if (unknown !== undefined) {
    const flag = unknown.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const dashes = flag.length === 1 ? '-' : '--'
    throw new TranshipError(
      'InvalidParameters',
      `"tranship ${name}" has no option ${dashes}${flag}.${didYouMean(
        `--${flag}`,
        flags.map((name) => `--${name}`),
      )}`,
      `"tranship ${name} --help" shows them.`,
    )
  }
  const extra = wordsOf(args).slice(name.split(' ').length)
  if (extra.length > 0)
    throw new TranshipError(
      'InvalidParameters',
      `"${extra[0]}" is one word too many for "tranship ${name}".`,
      'Put a text with spaces in quotes.',
    )
  for (const [flag, { type }] of Object.entries(declared)) {
    const value = args[camelCase(flag)]
    if (Array.isArray(value) && type !== 'array') throw new TranshipError('InvalidParameters', `--${flag} was given twice.`)
    if (type === 'string' && value === '') throw new TranshipError('InvalidParameters', `--${flag} needs a value.`)
  }
}

const wordsOf = (args: Args): string[] => (Array.isArray(args['_']) ? args['_'].map(String) : [])
