import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awaitUntil } from '../support/await-until.ts'
import { startServer } from '../../embedded/server.ts'
import { end, freePort } from '../support/processes.ts'
import { ended, newNamespace, openTerminal, printed, type Terminal } from './terminal.ts'

/** Enough files that a job is still at it when the next command comes. */
const manyFiles = 12_000

const makeFiles = (folder: string, count: number): void => {
  mkdirSync(folder, { recursive: true })
  for (let n = 0; n < count; n++) writeFileSync(join(folder, `file-${n}.txt`), `file ${n}`)
}

describe('without a worker', { timeout: 240_000 }, () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = openTerminal(await newNamespace())
  })

  it('a job is made, stays, is shown, told to stop by a signal, and forgotten', async () => {
    const { json, run } = terminal
    const made = await json('create', 'alone', '--from', './in', '--to', './out', '--worker-timeout', '2s')
    expect(made).toMatchObject({
      code: 3,
      answer: { error: { code: 'NoWorker', hint: expect.stringContaining('The job stays') } },
    })

    expect(await json('status', 'alone')).toMatchObject({
      code: 0,
      answer: { job: 'alone', status: 'Migrating', phase: 'checking', source: join(terminal.folder, 'in') },
    })
    const { stderr } = await run('stop', 'alone')
    expect(stderr).toContain('sent as a Signal')

    expect(await json('create', 'alone', '--from', './in', '--to', './out')).toMatchObject({
      code: 2,
      answer: { error: { code: 'JobAlreadyExist' } },
    })
    expect(await json('status', 'aloen')).toMatchObject({
      code: 2,
      answer: { error: { code: 'JobNotExist', message: expect.stringContaining('"alone"') } },
    })
    expect(await json('remove', 'alone')).toMatchObject({
      code: 2,
      answer: { error: { message: expect.stringContaining('--yes') } },
    })
    expect(await json('remove', 'alone', '--yes', '--worker-timeout', '1s')).toMatchObject({
      code: 0,
      answer: { removed: true },
    })
    expect(await json('status', 'alone')).toMatchObject({ code: 2, answer: { error: { code: 'JobNotExist' } } })
  })

  it('an address check gives up with 3', async () => {
    expect(await terminal.json('address', 'check', './in', '--worker-timeout', '1s')).toMatchObject({
      code: 3,
      answer: { error: { code: 'NoWorker' } },
    })
  })
})

describe('with a worker', { timeout: 240_000 }, () => {
  let terminal: Terminal
  let worker: ChildProcess
  beforeAll(async () => {
    terminal = openTerminal(await newNamespace())
    worker = terminal.start('worker')
    await printed(worker, 'Working for')
    makeFiles(join(terminal.folder, 'in'), 5)
    makeFiles(join(terminal.folder, 'many'), manyFiles)
    for (const name of ['out', 'out2', 'out3', 'out4', 'out5', 'out6']) mkdirSync(join(terminal.folder, name))
  })
  afterAll(() => end(worker))

  it('a job is made, ends, keeps its name, runs again, and gives its report', async () => {
    const { json, folder } = terminal
    const first = await json('create', 'first', '--from', './in', '--to', './out', '--wait')
    expect(first).toMatchObject({
      code: 0,
      answer: {
        job: 'first',
        status: 'Completed',
        run: 1,
        listed: { files: 5, complete: true },
        completed: { files: 5 },
        skipped: { files: 0 },
        failed: { files: 0 },
        reason: null,
      },
    })
    expect(await json('create', 'first', '--from', './in', '--to', './out')).toMatchObject({
      code: 2,
      answer: { error: { code: 'JobAlreadyExist', hint: expect.stringContaining('--again') } },
    })
    expect(await json('create', 'first', '--from', './in', '--to', './out', '--again', '--wait')).toMatchObject({
      code: 0,
      answer: { run: 2, skipped: { files: 5 } },
    })

    const { answer } = await json('report', 'first', '--out', 'lists')
    expect(answer['lists']).toMatchObject([
      { name: 'first@2_total_list', rows: 5 },
      { rows: 0 },
      { name: 'first@2_skipped_list', rows: 5 },
      { rows: 0 },
    ])
    expect(readFileSync(join(folder, 'lists/first@2_skipped_list.csv'), 'utf8')).toContain('file-3.txt,6,same\r\n')
    expect(await json('errors', 'first')).toEqual({ code: 0, answer: { errors: [] } })
    expect(await json('stop', 'first')).toMatchObject({
      code: 2,
      answer: { error: { code: 'InvalidJobStatusForCurrentOperation' } },
    })
    const retried = await terminal.run('retry', 'first')
    expect(retried).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to retry') })
    await awaitUntil(async () =>
      ((await json('list')).answer['jobs'] as { job: string; run: number }[]).some(
        ({ job, run }) => job === 'first' && run === 2,
      ),
    )
  })

  it('a source that is not there leaves a job Create Failed, and nothing at the destination', async () => {
    const refused = await terminal.json('create', 'nowhere', '--from', './missing', '--to', './out2', '--wait')
    expect(refused).toMatchObject({
      code: 2,
      answer: {
        status: 'Create Failed',
        reason: { code: expect.stringMatching(/^Source/) },
        error: { code: expect.stringMatching(/^Source/) },
      },
    })
    expect(existsSync(join(terminal.folder, 'out2/aliyun_mgw_import_report'))).toBe(false)
    expect(await terminal.json('status', 'nowhere')).toMatchObject({ code: 0, answer: { status: 'Create Failed' } })
  })

  it('failed files are shown, retried alone, and end with 1 while they fail', async () => {
    const { json, folder } = terminal
    mkdirSync(join(folder, 'out3/file-2.txt/in-the-way'), { recursive: true })
    expect(await json('migrate', './in', './out3', '--job', 'failing')).toMatchObject({
      code: 1,
      answer: { status: 'Failed', completed: { files: 4 }, failed: { files: 1 }, failures: [{ files: 1 }] },
    })
    const { answer } = await json('errors', 'failing')
    expect(answer['errors']).toMatchObject([
      { file_name: 'file-2.txt', started_at: expect.stringMatching(/Z$/), description: expect.any(String) },
    ])
    expect(await json('retry', 'failing', '--wait')).toMatchObject({
      code: 1,
      answer: { run: 2, listed: { files: 1 }, failed: { files: 1 } },
    })
    rmSync(join(folder, 'out3/file-2.txt'), { recursive: true })
    expect(await json('retry', 'failing', '--wait')).toMatchObject({
      code: 0,
      answer: { run: 3, status: 'Completed', completed: { files: 1 } },
    })
  })

  it('Ctrl-C leaves a followed job running; it is stopped, started and followed by others', async () => {
    const { json, start } = terminal
    const following = start('migrate', './many', './out4', '--job', 'long', '--window', '1')
    const whole = ended(following)
    await awaitUntil(async () => (await json('status', 'long')).answer['status'] === 'Migrating')
    following.kill('SIGINT')
    expect(await whole).toMatchObject({ code: 130, stderr: expect.stringContaining('The job goes on') })

    expect(await json('stop', 'long', '--wait')).toMatchObject({ code: 0, answer: { status: 'Stopped' } })
    expect(await json('migrate', './in', './out4', '--job', 'long')).toMatchObject({
      code: 2,
      answer: { error: { code: 'JobAlreadyExist' } },
    })
    const soFar = (await json('status', 'long')).answer['completed'] as { files: number }
    const { answer: partial } = await json('report', 'long', '--out', 'so-far')
    const rows = Object.fromEntries(
      (partial['lists'] as { name: string; rows: number }[]).map((list) => [list.name, list.rows]),
    )
    expect(rows['long@1_completed_list']).toBeLessThanOrEqual(soFar.files)
    expect(rows['long@1_total_list']).toBe(
      rows['long@1_completed_list']! + rows['long@1_skipped_list']! + rows['long@1_error_list']!,
    )
    expect(await json('errors', 'long')).toEqual({ code: 0, answer: { errors: [] } })

    expect(await json('start', 'long', '--wait')).toMatchObject({ code: 0, answer: { status: 'Migrating' } })
    const watched = await terminal.run('status', 'long', '--watch', '--json')
    const views = watched.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: string; completed: { files: number } })
    expect(views.at(-1)).toMatchObject({ status: 'Completed', completed: { files: manyFiles } })
  })

  it('a job made with --no-start is Stopped until it is started', async () => {
    const { json } = terminal
    expect(await json('create', 'later', '--from', './in', '--to', './out5', '--no-start')).toMatchObject({
      code: 0,
      answer: { status: 'Stopped' },
    })
    await json('start', 'later')
    await awaitUntil(async () => (await json('status', 'later')).answer['status'] === 'Completed')
  })

  it('lists come through a worker where the address is not at hand', async () => {
    const { folder, env } = terminal
    const config = join(folder, 'worker.yaml')
    writeFileSync(
      config,
      `addresses: { source: { vendor: nas, path: ${folder}/in }, target: { vendor: nas, path: ${folder}/out6 } }`,
    )
    const named = openTerminal({ TEMPORAL_ADDRESS: env['TEMPORAL_ADDRESS']!, TEMPORAL_NAMESPACE: env['TEMPORAL_NAMESPACE']! })
    await end(worker, 'SIGTERM')
    worker = terminal.start('worker', '--config', config)
    await printed(worker, 'Working for')
    expect(await named.json('create', 'remote', '--from', 'source', '--to', 'target', '--wait')).toMatchObject({ code: 0 })
    const { stdout, stderr } = await named.run('report', 'remote', '--out', '.', '--json')
    expect(stderr).toContain('a worker is asked')
    expect((JSON.parse(stdout) as { lists: unknown }).lists).toMatchObject([
      { name: 'remote@1_total_list', rows: 5 },
      { rows: 5 },
      { rows: 0 },
      { rows: 0 },
    ])
    expect(readFileSync(join(named.folder, 'remote@1_completed_list.csv'), 'utf8')).toMatch(
      /^file_name,size,crc64,completed_at\r\nfile-0.txt,6,\d+,/,
    )
  })

  it('an address is checked right by right', async () => {
    expect(await terminal.json('address', 'check', './out', '--as', 'destination')).toMatchObject({
      code: 0,
      answer: {
        ok: true,
        rights: { list: ['r-x on every folder'] },
        abilities: { multipart: true, tagging: false, serverCopy: false },
        checks: expect.arrayContaining([{ name: 'write', ok: true, code: null, message: expect.any(String) }]),
      },
    })
    expect(await terminal.json('address', 'check', './missing')).toMatchObject({ code: 2, answer: { ok: false } })
  })

  it('SIGTERM drains the worker, which ends with 0', async () => {
    const whole = ended(worker)
    worker.kill('SIGTERM')
    expect((await whole).code).toBe(0)
  })
})

describe('in a folder with a Temporal server of its own', { timeout: 240_000 }, () => {
  it('Ctrl-C stops the job safely, and the same command goes on with it', async () => {
    const terminal = openTerminal()
    makeFiles(join(terminal.folder, 'many'), manyFiles)
    mkdirSync(join(terminal.folder, 'out'))
    const server = await startServer({
      dataDir: join(terminal.folder, '.tranship'),
      headless: true,
      port: await freePort('127.0.0.1'),
    })
    try {
      const first = terminal.start('migrate', './many', './out')
      const whole = ended(first)
      await awaitUntil(
        async () => ((await terminal.json('status', 'many-to-out')).answer['listed'] as { files: number }).files > 0,
      )
      first.kill('SIGINT')
      expect(await whole).toMatchObject({ code: 130, stderr: expect.stringContaining('Stopped. The same command goes on') })
      expect((await terminal.json('status', 'many-to-out')).answer).toMatchObject({ status: 'Stopped' })
      expect(await terminal.json('migrate', './many', './out')).toMatchObject({
        code: 0,
        answer: { run: 1, status: 'Completed', completed: { files: manyFiles } },
      })
    } finally {
      await server.stop()
    }
  })
})
