import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTerminal, runHere } from './terminal.ts'

const terminal = openTerminal({ TEMPORAL_ADDRESS: '127.0.0.1:1' })

describe('wrong use is refused with exit code 2, a code and a sentence', () => {
  it.each<[string[], string, RegExp]>([
    [['migrat', 'a', 'b'], 'InvalidParameters', /no command "migrat". Did you mean "migrate"\?/],
    [['address', 'chek', 'x'], 'InvalidParameters', /Did you mean "address check"\?/],
    [[], 'InvalidParameters', /command is missing/],
    [['stop'], 'InvalidParameters', /needs NAME/],
    [['stop', 'abc', 'def'], 'InvalidParameters', /"def" is one word too many/],
    [['migrate', 'photos'], 'InvalidParameters', /needs DST/],
    [
      ['migrate', 'photos', 'archive', '--overwirte', 'never'],
      'InvalidParameters',
      /no option --overwirte. Did you mean "--overwrite"\?/,
    ],
    [['migrate', 'photos', 'archive', '--job', 'abc', '--job', 'def'], 'InvalidParameters', /--job was given twice/],
    [['migrate', 'photos', 'archive', '--window', '500'], 'InvalidParameters', /--window: "500"/],
    [['migrate', 'photos', 'archive', '--since', 'monday'], 'InvalidParameters', /"monday" is not a time/],
    [['migrate', 'photos', 'archive', '--include', '['], 'InvalidParameters', /"\[" is not a glob/],
    [['migrate', 'photos', 'photos'], 'DuplicateSourceDestination', /both "photos"/],
    [['migrate', 'ab', './out'], 'AddressNotExist', /"ab" is not an address/],
    [['migrate', 'photos:2024', './out'], 'SourceAddrPrefixInvalid', /write "2024\/"/],
    [['migrate', './in', 'archive:/2024/'], 'DestAddrPrefixInvalid', /write "2024\/"/],
    [['migrate', './a', './a/b'], 'SourceDestinationShouldNotSame', /inside each other/],
    [['create', 'Photos', '--from', 'a', '--to', 'b'], 'InvalidJobName', /"Photos" is not a job name/],
    [['create', 'photos', '--to', 'b12'], 'InvalidParameters', /--from is missing/],
    [['create', 'photos', '--file', 'none.yaml'], 'InvalidParameters', /none.yaml cannot be read/],
    [['status', 'a b'], 'InvalidJobName', /not a job name/],
    [['status', 'abc', '--worker-timeout', 'soon'], 'InvalidParameters', /"soon" is not a duration/],
    [['errors', 'abc', '--limit', '0'], 'InvalidParameters', /--limit: "0"/],
    [['errors', 'abc', '--code', 'Forbiden'], 'InvalidParameters', /Did you mean "Forbidden"\?/],
    [['retry', 'abc', '--only', 'x'], 'InvalidParameters', /--only: "x"/],
    [['address', 'check', 'abc', '--as', 'both'], 'InvalidParameters', /source or destination/],
    [['worker', '--processes', '0'], 'InvalidParameters', /--processes: "0"/],
    [['flow', 'abc', '--max-flow', '5'], 'InvalidParameters', /--max-flow: "5" is not a rate: write 5MB\/s/],
    [['flow', 'abc', '--flow', '06:00-12:00=1MB/s', '--flow', '11:00-13:00=0'], 'InvalidParameters', /--flow: The rows 06:00-12:00 and 11:00-13:00 overlap/],
    [['flow', 'abc', '--reset', '--max-flow', '5MB/s'], 'InvalidParameters', /--reset removes all limits/],
    [['change', 'abc'], 'InvalidParameters', /Nothing to change is named: give --window, --overwrite, .*--reset-filters/],
    [['change'], 'InvalidParameters', /"tranship change" needs NAME/],
    [['chnage', 'abc', '--window', '5'], 'InvalidParameters', /Did you mean "change"\?/],
    [['change', 'abc', '--windw', '5'], 'InvalidParameters', /no option --windw. Did you mean "--window"\?/],
    [['change', 'abc', '--keep-mtime'], 'InvalidParameters', /"tranship change" has no option --keep-mtime/],
    [['change', 'abc', '--window', '0'], 'InvalidParameters', /--window: "0" must be a whole number from 1 to 200/],
    [['change', 'abc', '--priority', 'high'], 'InvalidParameters', /--priority: "high" must be a whole number from 1 to 5/],
    [['change', 'abc', '--overwrite', 'nevr'], 'InvalidParameters', /--overwrite: "nevr" must be one of .* Did you mean "never"\?/],
    [['change', 'abc', '--exclude', '{a'], 'InvalidParameters', /--exclude: "\{a" is not a glob/],
    [['change', 'abc', '--min-size', 'tiny'], 'InvalidParameters', /--min-size: "tiny" is not a size/],
    [['migrate', 'a12', 'b12', '--priority', '6'], 'InvalidParameters', /--priority: "6" must be a whole number from 1 to 5/],
    [['migrate', 'a12', 'b12', '--flow', '06:00-25:00=5MB/s'], 'InvalidParameters', /--flow: The row .* ends at no time of day/],
    [['migrate', 'a12', 'b12', '--type', 'sync'], 'InvalidParameters', /--type sync needs --every/],
    [['address', 'list'], 'AddressNotExist', /There is no tranship.yaml: looked at .*TRANSHIP_CONFIG/],
    [['migrate', 'photos', './out', '--dry-run'], 'AddressNotExist', /There is no tranship.yaml/],
  ])('%j', async (args, code, message) => {
    const { code: exit, stdout } = await runHere({ TEMPORAL_ADDRESS: '127.0.0.1:1' }, terminal.folder, ...args, '--json')
    const answer = JSON.parse(stdout) as { error: { hint: string | null } }
    expect(answer).toEqual({ error: { code, message: expect.stringMatching(message), hint: answer.error.hint } })
    expect(exit).toBe(2)
  })
})

describe('without a server', () => {
  it('every command that needs one ends with 3', async () => {
    const { code, answer } = await terminal.json('status', 'abc')
    expect(code).toBe(3)
    expect(answer).toMatchObject({
      error: {
        code: 'NoServer',
        message: expect.stringContaining('127.0.0.1:1'),
        hint: expect.stringContaining('tranship dev'),
      },
    })
  })

  it('a dry run says what a job would do, and leaves nothing at either end', async () => {
    const { folder } = terminal
    for (const name of ['in/a.jpg', 'in/b.txt', 'out/b.txt']) writeWithFolder(join(folder, name), name)
    const { code, answer } = await terminal.json(
      'migrate',
      './in',
      './out',
      '--include',
      '**/*.{jpg,txt}',
      '--dry-run',
      '--out',
      'plan',
    )
    expect(code).toBe(0)
    expect(answer).toMatchObject({
      dryRun: true,
      listed: { files: 2 },
      copied: { files: 2 },
      failed: { files: 0 },
      requests: 4,
    })
    expect(readFileSync(join(folder, 'plan/in-to-out@dry-run_copy_list.csv'), 'utf8').split('\r\n').sort()).toEqual([
      '',
      'a.jpg,8',
      'b.txt,8',
      'file_name,size',
    ])
    expect(existsSync(join(folder, 'out/a.jpg'))).toBe(false)
    expect(existsSync(join(folder, 'out/aliyun_mgw_import_report'))).toBe(false)
  })
})

describe('for people', () => {
  it('help goes to standard output with examples, and ends with 0', async () => {
    for (const args of [['--help'], ['migrate', '--help'], ['address', 'check', '--help']]) {
      const { code, stdout, stderr } = await terminal.run(...args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('tranship')
    }
    expect((await terminal.run('migrate', '--help')).stdout).toMatch(/Examples:[^]*tranship migrate photos archive/)
  })

  it('errors go to standard error, and nothing to standard output', async () => {
    expect(await terminal.run('stop')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'InvalidParameters: "tranship stop" needs NAME: --help shows how.\n',
    })
  })

  it('completion prints a script, and completes commands', async () => {
    expect((await terminal.run('completion')).stdout).toContain('tranship completion')
    expect((await terminal.run('--get-yargs-completions', 'tranship', 'mig')).stdout).toContain('migrate')
  })

  it('init writes a file that address list reads, and never overwrites one', async () => {
    const { run, json, folder } = openTerminal({ PHOTOS_KEY: 'a', PHOTOS_SECRET: 'b' })
    expect((await run('init')).code).toBe(0)
    const { answer } = await json('address', 'list')
    expect(answer['addresses']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'photos', vendor: 's3', status: 'Normal' }),
        expect.objectContaining({ name: 'archive', vendor: 'oss', status: 'Invalid' }),
        expect.objectContaining({ name: 'share', vendor: 'nas', status: 'Normal' }),
      ]),
    )
    writeFileSync(join(folder, 'tranship.yaml'), 'mine')
    expect((await run('init')).code).toBe(2)
    expect(readFileSync(join(folder, 'tranship.yaml'), 'utf8')).toBe('mine')
  })
})

function writeWithFolder(file: string, contents: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, contents)
}
