import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive } from '../../embedded/process.ts'
import { awaitUntil } from './await-until.ts'
import { end, start, temporaryFolder } from './processes.ts'

const noting = (file: string): string[] => ['-c', `sleep 1000 & echo $$ $! > ${file}.part && mv ${file}.part ${file}; wait`]
const pidsIn = (file: string): number[] => readFileSync(file, 'utf8').trim().split(' ').map(Number)

describe('processes that tests start', () => {
  it('end with all their children when they are ended', async () => {
    const file = join(temporaryFolder('processes'), 'pids')
    const child = start('sh', noting(file))
    await awaitUntil(() => existsSync(file))
    const pids = pidsIn(file)
    expect(pids[0]).toBe(child.pid)
    await end(child)
    await awaitUntil(() => !pids.some(isAlive), { what: `${pids.join(', ')} are gone` })
  })

  it('end when the process that started them is killed with -9', async () => {
    const file = join(temporaryFolder('processes'), 'pids')
    const support = join(import.meta.dirname, 'processes.ts')
    const code = `import { start } from ${JSON.stringify(support)}
      start('sh', ${JSON.stringify(noting(file))})
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' })
    await awaitUntil(() => existsSync(file))
    const pids = pidsIn(file)
    expect(pids.every(isAlive)).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await awaitUntil(() => !pids.some(isAlive), { what: `${pids.join(', ')} are gone` })
  })

  it('leave no folder, and no server that a command started in one, when the process is killed with -9', async () => {
    const note = join(temporaryFolder('processes'), 'note')
    const support = join(import.meta.dirname, 'processes.ts')
    const code = `import { temporaryFolder } from ${JSON.stringify(support)}
      import { spawn } from 'node:child_process'
      import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
      const folder = temporaryFolder('swept')
      const { pid } = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
      mkdirSync(folder + '/deep/.tranship', { recursive: true })
      writeFileSync(folder + '/deep/.tranship/server.json', JSON.stringify({ address: 'x', pid }, null, 2))
      writeFileSync(${JSON.stringify(note)} + '.part', folder + ' ' + pid)
      renameSync(${JSON.stringify(note)} + '.part', ${JSON.stringify(note)})
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' })
    await awaitUntil(() => existsSync(note))
    const [folder, pid] = readFileSync(note, 'utf8').split(' ')
    expect([existsSync(folder!), isAlive(Number(pid))]).toEqual([true, true])
    parent.kill('SIGKILL')
    await awaitUntil(() => !existsSync(folder!) && !isAlive(Number(pid)))
  })
})
